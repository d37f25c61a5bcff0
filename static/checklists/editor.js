/** Eases the editing of a question: shows what its type has, and asks before typed words are lost. */

const form = document.getElementById("part");
const type = form.elements.type;

if (type) {
  const listed = form.querySelectorAll("[data-types], [data-not-types]");
  const show = () => {
    for (const part of listed) {
      const { types, notTypes } = part.dataset;
      const fits = types ? types.split(" ").includes(type.value) : !notTypes.split(" ").includes(type.value);
      part.hidden = !fits && !isFilled(part);
    }
  };
  type.addEventListener("change", show);
  show();
}

const condition = form.elements.relevant;
form.addEventListener("click", (event) => {
  if (event.target.closest("button")?.value !== "pick") return;
  event.preventDefault();
  const picked = form.elements.pick.value;
  const there = condition.value.trim();
  const before = there.includes(" or ") ? `(${there})` : there;
  if (picked) condition.value = [before, picked].filter(Boolean).join(" and ");
  form.elements.pick.value = "";
  condition.focus();
});

// A page that came back with what was typed, or with its rows in another order, is not saved.
let unsaved = document.querySelector(".alert-danger") !== null;
form.addEventListener("input", () => {
  unsaved = true;
});
form.addEventListener("submit", () => {
  unsaved = false;
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

/** Whether something is typed in a part of the page, which must not vanish from sight. */
function isFilled(part) {
  return [...part.querySelectorAll("input[type=text], textarea")].some((field) => field.value.trim());
}

/** Keys for reviewers. Everything they do is on the page as a link or a button too. */
const dialog = document.getElementById("keys");
const items = [...document.querySelectorAll(".queue > li")];
const help = document.querySelector("[data-help]");

const current = () => items.findIndex((item) => item.contains(document.activeElement));

function move(step) {
  if (!items.length) return;
  const now = current();
  const next = Math.min(Math.max(now < 0 && step < 0 ? 0 : now + step, 0), items.length - 1);
  items[next].querySelector("h2 a").focus();
  items[next].scrollIntoView({ block: "nearest" });
}

/** What has this key: of the item at hand where there is a list, else of the page. */
function marked(key) {
  const place = items.length ? items[current()] : document;
  return place?.querySelector(`[data-key="${key}"]`);
}

function act(key) {
  const found = marked(key);
  if (!found) return false;
  if (found.matches("textarea, input, select")) found.focus();
  else found.click();
  return true;
}

const MOVES = { j: () => move(1), k: () => move(-1) };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "?") dialog.showModal();
  else if (items.length && MOVES[event.key]) MOVES[event.key]();
  else if (!act(event.key)) return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
help?.setAttribute("aria-haspopup", "dialog");

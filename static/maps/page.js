/* Questions follow the form that is chosen, answers the question; without this the button does. */
const form = document.querySelector("#map-choices");
const questions = JSON.parse(form.dataset.questions);
const { form: forms, question, answer } = form.elements;

function fill(select, options, chosen) {
  select.replaceChildren(
    ...options.map(({ name, label }) => new Option(label, name, false, name === chosen)),
  );
}

function asked() {
  return questions[forms.value] ?? [];
}

forms.addEventListener("change", () => {
  fill(question, [{ name: "", label: form.dataset.coverage }, ...asked()], "");
  question.disabled = !forms.value;
  question.dispatchEvent(new Event("change"));
});

question.addEventListener("change", () => {
  const chosen = asked().find(({ name }) => name === question.value);
  fill(answer, chosen?.answers ?? [], chosen?.first);
  answer.disabled = !chosen;
});

/* A table is sorted by the column whose heading is pressed, and the other way by pressing again. */
function sort(heading) {
  const body = heading.closest("table").tBodies[0];
  const column = heading.cellIndex;
  const downwards = heading.getAttribute("aria-sort") === "ascending";
  const value = (row) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
  };
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));
  const rows = [...body.rows].sort((a, b) => compare(value(a), value(b)));
  body.append(...(downwards ? rows.reverse() : rows));
  for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", downwards ? "descending" : "ascending");
}

for (const button of document.querySelectorAll(".map-table th button")) {
  button.addEventListener("click", () => sort(button.closest("th")));
}

/* The table tells the hour that the map shows. */
const frame = document.querySelector(".map-frame iframe");
const moment = document.querySelector(".map-table .moment");

window.addEventListener("message", ({ origin, source, data }) => {
  if (origin !== window.location.origin || source !== frame.contentWindow) return;
  moment.textContent = data.text;
  moment.hidden = !data.text;
  for (const row of document.querySelectorAll(".map-table tr[data-code]")) {
    for (const cell of row.querySelectorAll("[data-figure]")) {
      const [text, value] = data.figures[row.dataset.code][cell.dataset.figure];
      cell.textContent = text;
      cell.dataset.value = value;
    }
  }
});

// On a phone the map comes first.
if (window.matchMedia("(max-width: 60rem)").matches) {
  document.querySelector(".map-choices").open = false;
}

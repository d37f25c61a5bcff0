/** The rows of repeats: adding one, taking one away. */
import { rowsOf } from "./answers.js";

const NAMING = ["name", "id", "for", "data-field", "data-repeat", "aria-describedby"];

/** Make the buttons of all repeats work; `changed` is told after rows came or went. */
export function startRepeats(form, rowTitle, changed) {
  form.addEventListener("click", (event) => {
    const repeat = event.target.closest("[data-repeat]");
    if (event.target.closest("[data-add-row]")) {
      addRow(repeat);
    } else if (event.target.closest("[data-remove-row]")) {
      event.target.closest("[data-row]").remove();
    } else {
      return;
    }
    number(repeat, rowTitle);
    changed();
  });
}

function addRow(repeat) {
  const template = repeat.querySelector(":scope > template");
  const row = template.content.firstElementChild.cloneNode(true);
  repeat.querySelector(":scope > .rows").append(row);
  row.querySelector("input, select, textarea")?.focus();
}

/** Name the fields of each row by its place among the rows. */
function number(repeat, rowTitle) {
  const start = `${repeat.dataset.repeat}:`;
  rowsOf(repeat).forEach((row, index) => {
    row.querySelector("legend").textContent = rowTitle(index + 1);
    rename(row, (name) => {
      if (!name.startsWith(start)) return name;
      return `${start}${index}${name.slice(name.indexOf(":", start.length))}`;
    });
  });
}

function rename(root, renamed) {
  // A radio button that takes its neighbour's name on the way would lose its tick.
  const checked = [...root.querySelectorAll("input:checked")];
  for (const element of root.querySelectorAll("*")) {
    for (const attribute of NAMING) {
      const name = element.getAttribute(attribute);
      if (name) element.setAttribute(attribute, renamed(name));
    }
    if (element instanceof HTMLTemplateElement) rename(element.content, renamed);
  }
  for (const input of checked) input.checked = true;
}

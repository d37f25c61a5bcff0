/** The rows of repeats: adding one, taking one away. */
import { rowsOf } from "./answers.js";

const NAMING = [
  "name",
  "id",
  "for",
  "data-field",
  "data-unseen",
  "data-shows",
  "data-repeat",
  "aria-describedby",
];

const MOST_ROWS = 200;

/** Make the buttons of all repeats work; `changed` is told after rows came or went. */
export function startRepeats(form, rowTitle, changed) {
  form.addEventListener("click", (event) => {
    const repeat = event.target.closest("[data-repeat]");
    let toFocus = null;
    if (event.target.closest("[data-add-row]")) {
      toFocus = addRow(repeat).querySelector("input, select, textarea");
    } else if (event.target.closest("[data-remove-row]")) {
      event.target.closest("[data-row]").remove();
      toFocus = repeat.querySelector(":scope > [data-add-row]");
    } else {
      return;
    }
    number(repeat, rowTitle);
    changed();
    toFocus?.focus();
  });
}

function addRow(repeat) {
  const template = repeat.querySelector(":scope > template");
  const row = template.content.firstElementChild.cloneNode(true);
  repeat.querySelector(":scope > .rows").append(row);
  return row;
}

/** Give a repeat that has no rows yet so many. */
export function makeRows(repeat, count, rowTitle) {
  for (let rows = 0; rows < Math.min(count, MOST_ROWS); rows += 1) addRow(repeat);
  number(repeat, rowTitle);
}

/**
 * Give a repeat as many rows as its count asks for; true where rows were added. Rows above the
 * count are hidden and keep what was answered, for a count that is still being written.
 */
export function countRows(repeat, count, rowTitle) {
  const before = rowsOf(repeat).length;
  for (let rows = before; rows < Math.min(count, MOST_ROWS); rows += 1) addRow(repeat);
  rowsOf(repeat).forEach((row, index) => {
    row.hidden = index >= count;
  });
  const added = rowsOf(repeat).length > before;
  if (added) number(repeat, rowTitle);
  return added;
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
      // Some attributes name several: a hint and a message.
      if (name) element.setAttribute(attribute, name.split(" ").map(renamed).join(" "));
    }
    if (element instanceof HTMLTemplateElement) rename(element.content, renamed);
  }
  for (const input of checked) input.checked = true;
}

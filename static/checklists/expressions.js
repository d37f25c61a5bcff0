// Evaluates the trees of a form's expressions.
//
// The twin of observer/checklists/evaluation.py, which evaluates the same trees on the server;
// tests/checklists/expression_cases.json holds the two together.

import { OPERATIONS } from "./functions.js";
import { toBoolean, toNumber, toString } from "./values.js";

/** The value of an expression's tree in a row; a list of values for the answers of many rows. */
export function evaluate(tree, row, clock) {
  if (!Array.isArray(tree)) return tree;
  const [operation, ...its] = tree;
  if (IN_CONTEXT[operation]) return IN_CONTEXT[operation](its, row, clock);
  return OPERATIONS[operation](...its.map((one) => evaluate(one, row, clock)));
}

/** Operations that need more than the values of their arguments. */
const IN_CONTEXT = {
  answer: ([out, name], row) => outer(row, out).values.get(name) ?? "",
  each,
  table: cells,
  indexed,
  position: ([out], row) => outer(row, out).position,
  last: ([repeat], row) => outer(row, 1).rows.get(repeat).length,
  and: (its, row, clock) => its.every((one) => toBoolean(evaluate(one, row, clock))),
  or: (its, row, clock) => its.some((one) => toBoolean(evaluate(one, row, clock))),
  if: (its, row, clock) =>
    evaluate(its[toBoolean(evaluate(its[0], row, clock)) ? 1 : 2], row, clock),
  once: ([name, tree], row, clock) => {
    const kept = row.given.get(name) ?? "";
    return kept === "" ? evaluate(tree, row, clock) : kept;
  },
  "choice-name": ([tree, labels], row, clock) => {
    const name = toString(evaluate(tree, row, clock));
    return Object.hasOwn(labels, name) ? labels[name] : "";
  },
  today: (_its, _row, clock) => clock.today,
  now: (_its, _row, clock) => clock.now,
  random: () => Math.random(),
  uuid: () => newId(),
};

function outer(row, levels) {
  for (let level = 0; level < levels; level += 1) row = row.outer || row;
  return row;
}

/** The answers of many rows. A step goes into a repeat, and can say which of its rows. */
function each([out, steps, name], row, clock) {
  let rows = [outer(row, out)];
  for (const step of steps) {
    const [repeat, ...wanted] = [step].flat(1);
    const conditions = wanted.map((condition) => seenFrom(condition, row, clock));
    rows = rows.flatMap((one) => chosen(askedRows(one, repeat), conditions, clock));
  }
  const asked = rows.filter((one) => !one.cleared.has(name));
  return asked.map((one) => one.values.get(name) ?? "");
}

/** A condition in which what does not look at the rows chosen from is a value already. */
function seenFrom(tree, row, clock) {
  if (!Array.isArray(tree)) return tree;
  if (tree[0] === "current()") return evaluate(tree[1], row, clock);
  return tree.map((one) => seenFrom(one, row, clock));
}

const askedRows = (row, repeat) => (row.cleared.has(repeat) ? [] : row.rows.get(repeat) || []);

const chosen = (rows, conditions, clock) =>
  conditions.reduce(
    (left, condition) => left.filter((row) => holds(evaluate(condition, row, clock), row)),
    rows,
  );

const holds = (value, row) =>
  typeof value === "number" ? value === row.position : toBoolean(value);

/** A table's rows, found at once by what stands in a column. */
export class Lookup {
  constructor({ columns, rows }) {
    this.rows = rows.map((cells) => new Map(columns.map((column, at) => [column, cells[at]])));
    this.byColumn = new Map();
  }

  /** Where in the table the rows are that have this in the column. */
  places(column, cell) {
    if (!this.byColumn.has(column)) {
      const places = new Map();
      this.rows.forEach((row, at) => {
        const found = places.get(row.get(column));
        if (found) found.push(at);
        else places.set(row.get(column), [at]);
      });
      this.byColumn.set(column, places);
    }
    return this.byColumn.get(column).get(cell) ?? [];
  }
}

/** The cells of a table's column, in the rows for which the condition holds. */
function cells([name, column, ...conditions], row, clock) {
  let form = row;
  while (form.outer) form = form.outer;
  const table = form.tables[name];
  const sought = conditions.length ? placesSought(table, conditions[0], row, clock) : null;
  let rows = (sought ?? [...table.rows.keys()]).map((at) => ({
    values: table.rows[at],
    rows: new Map(),
    outer: row,
    position: at + 1,
  }));
  for (const condition of conditions) {
    rows = rows.filter((one) => holds(evaluate(condition, one, clock), one));
    rows.forEach((one, at) => {
      one.position = at + 1;
    });
  }
  return rows.map((one) => one.values.get(column) ?? "");
}

/** Where rows are that have a text in a column, if the condition asks for one first. */
function placesSought(table, condition, row, clock) {
  let tree = condition;
  while (Array.isArray(tree) && tree[0] === "and") tree = tree[1];
  if (!Array.isArray(tree) || tree[0] !== "=" || !Array.isArray(tree[1])) return null;
  const [operation, out, column] = tree[1];
  if (operation !== "answer" || out !== 0 || !looksOut(tree[2])) return null;
  const text = evaluate(tree[2], { values: new Map(), rows: new Map(), outer: row }, clock);
  return typeof text === "string" ? table.places(column, text) : null;
}

/** Whether a part of a condition is the same for all rows of a table. */
function looksOut(tree) {
  if (!Array.isArray(tree)) return true;
  if (tree[0] === "answer") return tree[1] > 0;
  return Object.hasOwn(OPERATIONS, tree[0]) && tree.slice(1).every(looksOut);
}

/** The answer in the row that is counted to; the first one where the count is none. */
function indexed([out, steps, name], row, clock) {
  let found = outer(row, out);
  for (const [repeat, tree] of steps) {
    const at = toNumber(evaluate(tree, row, clock));
    const index = Number.isFinite(at) ? Math.max(Math.trunc(at), 1) : 1;
    const rows = askedRows(found, repeat);
    if (index > rows.length) return "";
    found = rows[index - 1];
  }
  return found.values.get(name) ?? "";
}

/** A UUID; browsers offer randomUUID only to pages that came over https. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What today() and now() are, by this device's clock on the wall. */
export function clockAt(moment) {
  const two = (number) => String(number).padStart(2, "0");
  const minutes = -moment.getTimezoneOffset();
  const ahead = Math.abs(minutes);
  const zone = `${minutes < 0 ? "-" : "+"}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
  const today = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(":");
  return { today, now: `${today}T${time}${zone}` };
}

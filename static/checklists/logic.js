// What a form's expressions make of answers: what is asked, required, refused and calculated.
//
// The twin of observer/checklists/logic.py, over the same trees.
//
//   const logic = new FormLogic(compiledForm);            // what compiled_form() gives
//   const settled = logic.settle(answers);                // answers as they are stored
//   settled.relevant.has("delay_minutes")                 // asked?
//   settled.required.has("parties:0:party")               // must be answered and is not
//   settled.invalid                                       // [{field, question, message}, …]
//   settled.calculated                                    // Map of field → value
//   settled.kept                                          // those that once() must see again
//   settled.answers                                       // without what is not asked
//   settled.values                                        // Map of field → value in expressions
//   settled.choices                                       // Map of field → [is it offered?, …]
//   settled.counts                                        // Map of repeat → rows it has to have
//   settled.first, settled.triggered                      // what this phone puts in by itself
//
// Fields are named as on the page: a question by its name, one in a repeat by repeat, row and
// name, joined by colons.

import { clockAt, evaluate, Lookup } from "./expressions.js";
import { toBoolean, toNumber, toString, valueOf } from "./values.js";

const MOST_PASSES = 50;
const MOST_COUNTED = 100_000;

/** The expressions of a form, ready to be evaluated. */
export class FormLogic {
  /** @param {{items: object[], tables: object}} compiledForm what compiled_form() gives */
  constructor(compiledForm) {
    this.items = compiledForm.items;
    this.tables = Object.fromEntries(
      Object.entries(compiledForm.tables ?? {}).map(([name, table]) => [name, new Lookup(table)]),
    );
  }

  /**
   * Find out what is asked, what must be answered and what may not be the answer.
   *
   * Irrelevant answers count as not given. Where conditions go in a circle the form is left as
   * it is after a number of passes, the same on both sides.
   */
  settle(answers, clock = clockAt(new Date())) {
    const row = makeRow(this.items, answers, null, 1);
    row.tables = this.tables;
    for (let pass = 0; pass < MOST_PASSES; pass += 1) {
      if (!goThrough(this.items, row, clock, true)) break;
    }
    const settled = {
      relevant: new Set(),
      required: new Set(),
      invalid: [],
      calculated: new Map(),
      kept: new Map(),
      values: new Map(),
      choices: new Map(),
      counts: new Map(),
      first: new Map(),
      triggered: new Map(),
    };
    settled.answers = judge(this.items, row, answers, clock, "", settled);
    return settled;
  }

  /** The fields that are asked. */
  relevant(answers, clock) {
    return this.settle(answers, clock).relevant;
  }

  /** What is wrong: a required answer that is missing, one that breaks its constraint. */
  invalid(answers, clock) {
    return this.settle(answers, clock).invalid;
  }

  /** The calculated values by field. */
  calculated(answers, clock) {
    return this.settle(answers, clock).calculated;
  }
}

const isQuestion = (item) => item.items === undefined;

function makeRow(items, answers, outerRow, position) {
  const row = { values: new Map(), given: new Map(), rows: new Map(), relevant: new Set() };
  row.cleared = new Set();
  row.givenRows = new Map();
  row.outer = outerRow;
  row.position = position;
  fill(items, answers, row);
  return row;
}

function fill(items, answers, row) {
  for (const item of items) {
    if (isQuestion(item)) {
      const calculated = item.calculation !== undefined && !item.keeps;
      const given = calculated ? "" : valueOf(answers[item.name]);
      row.given.set(item.name, given);
      row.values.set(item.name, given);
    } else if (item.repeated) {
      const rows = (answers[item.name] || []).map((inner, index) =>
        makeRow(item.items, inner, row, index + 1),
      );
      row.rows.set(item.name, rows);
      row.givenRows.set(item.name, rows);
    } else {
      fill(item.items, answers, row);
    }
  }
}

/** Go through the items once, in order; true where an answer came, went or changed. */
function goThrough(items, row, clock, asked) {
  let changed = false;
  for (const item of items) {
    const relevant =
      asked && (item.relevant === undefined || toBoolean(evaluate(item.relevant, row, clock)));
    if (relevant) row.relevant.add(item.name);
    else row.relevant.delete(item.name);
    if (relevant === row.cleared.has(item.name)) {
      if (relevant) row.cleared.delete(item.name);
      else row.cleared.add(item.name);
      changed = true;
    }
    if (isQuestion(item)) {
      let value = "";
      if (relevant && item.calculation !== undefined) {
        value = calculatedValue(evaluate(item.calculation, row, clock));
        if (item.keeps) row.given.set(item.name, value);
      } else if (relevant) {
        value = row.given.get(item.name);
      }
      if (value !== row.values.get(item.name)) {
        row.values.set(item.name, value);
        changed = true;
      }
    } else if (item.repeated) {
      if (item.count !== undefined) changed = countRows(item, row, clock) || changed;
      for (const inner of row.rows.get(item.name)) {
        changed = goThrough(item.items, inner, clock, relevant) || changed;
      }
    } else {
      changed = goThrough(item.items, row, clock, relevant) || changed;
    }
  }
  return changed;
}

/** Leave out the rows above the repeat's count; true where there are more or less than before. */
function countRows(item, row, clock) {
  const before = row.rows.get(item.name).length;
  const rows = row.givenRows.get(item.name).slice(0, countOf(item, row, clock));
  row.rows.set(item.name, rows);
  return rows.length !== before;
}

function countOf(item, row, clock) {
  const count = toNumber(evaluate(item.count, row, clock));
  return count > 0 ? Math.trunc(Math.min(count, MOST_COUNTED)) : 0;
}

/** A calculated value as it is stored: no answer where it is no number. */
function calculatedValue(value) {
  if (typeof value === "number") return Number.isFinite(value) ? value : "";
  return toString(value);
}

/** Note what is asked, required, wrong and calculated; gives the answers that count. */
function judge(items, row, answers, clock, prefix, settled) {
  const kept = {};
  for (const item of items) {
    if (!row.relevant.has(item.name)) continue;
    const field = prefix + item.name;
    settled.relevant.add(field);
    if (isQuestion(item)) {
      Object.assign(kept, judgeQuestion(item, row, answers, clock, field, settled));
    } else if (item.repeated) {
      if (item.count !== undefined) settled.counts.set(field, countOf(item, row, clock));
      const rows = row.rows.get(item.name).map((inner, index) => {
        const given = answers[item.name][index];
        return judge(item.items, inner, given, clock, `${field}:${index}:`, settled);
      });
      if (rows.length) kept[item.name] = rows;
    } else {
      Object.assign(kept, judge(item.items, row, answers, clock, prefix, settled));
    }
  }
  return kept;
}

function judgeQuestion(item, row, answers, clock, field, settled) {
  const value = row.values.get(item.name);
  const wrong = (message) => settled.invalid.push({ field, question: item.name, message });
  settled.values.set(field, value);
  if (item.calculation !== undefined) settled.calculated.set(field, value);
  if (item.keeps && item.type === "calculate") settled.kept.set(field, value);
  const now = (tree) => () => calculatedValue(evaluate(tree, row, clock));
  if (item.first_value !== undefined) settled.first.set(field, now(item.first_value));
  if (item.triggered !== undefined) {
    settled.triggered.set(field, { by: item.trigger, value: now(item.triggered) });
  }
  let isListed = true;
  if (item.choice_filter !== undefined) {
    const offered = item.choices.map((choice) => isOffered(item, choice, row, clock));
    settled.choices.set(field, offered);
    const chosen = item.type === "select_one" ? [value] : toString(value).split(" ");
    isListed = chosen.every((name) =>
      item.choices.some((choice, index) => choice.name === name && offered[index]),
    );
  }
  if (value === "") {
    if (item.required !== undefined && toBoolean(evaluate(item.required, row, clock))) {
      settled.required.add(field);
      wrong(item.required_message);
    }
    return {};
  }
  if (item.constraint !== undefined && !toBoolean(evaluate(item.constraint, row, clock))) {
    wrong(item.constraint_message);
  } else if (!isListed) {
    wrong(item.unlisted_message);
  }
  return { [item.name]: item.calculation === undefined ? answers[item.name] : value };
}

function isOffered(item, choice, row, clock) {
  const values = new Map(Object.entries(choice));
  return toBoolean(evaluate(item.choice_filter, { values, rows: new Map(), outer: row }, clock));
}

/** The field that a name means beside another field: in its own row, or further out. */
export function fieldNear(field, name, known) {
  const parts = field.split(":").slice(0, -1);
  for (;;) {
    const near = [...parts, name].join(":");
    if (known.has(near)) return near;
    if (!parts.length) return null;
    parts.length = Math.max(parts.length - 2, 0);
  }
}

// What a form's expressions make of answers: what is asked, required, refused and calculated.
//
// The twin of observer/checklists/values.py, evaluation.py and logic.py, which evaluate the same trees on
// the server; tests/checklists/expression_cases.json holds the two together.
//
//   const logic = new FormLogic(compiledForm);            // what compiled_form() gives
//   const settled = logic.settle(answers);                // answers as they are stored
//   settled.relevant.has("delay_minutes")                 // asked?
//   settled.required.has("parties:0:party")               // must be answered and is not
//   settled.invalid                                       // [{field, question, message}, …]
//   settled.calculated                                    // Map of field → value
//   settled.answers                                       // without what is not asked
//
// Fields are named as on the page: a question by its name, one in a repeat by repeat, row and
// name, joined by colons.

const MOST_PASSES = 50;

const NUMBER = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$/;
const CLOCK = "([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\\.[0-9]+)?))?";
const ZONE = "(?:Z|[-+][0-9]{2}:?[0-9]{2})?";
const DATE = new RegExp(`^([1-9][0-9]{3})-([01][0-9])-([0-3][0-9])(?:[T ]${CLOCK}${ZONE})?$`);
const TIME = new RegExp(`^${CLOCK}${ZONE}$`);
const DAY_SECONDS = 86400;

const trim = (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");

/** A stored answer as expressions see it. */
export function valueOf(answer) {
  if (answer === null || answer === undefined) return "";
  if (typeof answer === "string") return trim(answer);
  if (Array.isArray(answer)) return answer.map(String).join(" ");
  if (typeof answer === "object") {
    const parts = [answer.lat, answer.lon, 0, answer.accuracy_m || 0];
    return parts.map((part) => toString(valueOf(part))).join(" ");
  }
  return answer;
}

/** A number; NaN where it is none. Dates and times count as days since 1970-01-01. */
export function toNumber(value) {
  if (typeof value !== "string") return Number(value);
  const text = trim(value);
  if (NUMBER.test(text)) return Number(text);
  const date = DATE.exec(text);
  if (date) {
    const [year, month, day] = [Number(date[1]), Number(date[2]), Number(date[3])];
    const moment = new Date(Date.UTC(year, month - 1, day));
    if (moment.getUTCMonth() !== month - 1 || moment.getUTCDate() !== day) return NaN;
    const days = moment.getTime() / (DAY_SECONDS * 1000);
    return days + (date[4] ? fraction(date[4], date[5], date[6]) : 0);
  }
  const time = TIME.exec(text);
  return time ? fraction(time[1], time[2], time[3]) : NaN;
}

const fraction = (hours, minutes, seconds) =>
  (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds || 0)) / DAY_SECONDS;

/** Text; a number is written without an exponent. */
export function toString(value) {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return BigInt(value).toString();
  const digits = String(value);
  if (!digits.includes("e")) return digits;
  const [, sign, mantissa, exponent] = /^(-?)([0-9.]+)e-([0-9]+)$/.exec(digits);
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${mantissa.replace(".", "")}`;
}

/** False for nothing, zero and NaN. */
export function toBoolean(value) {
  return typeof value === "number" ? value !== 0 && !Number.isNaN(value) : Boolean(value);
}

/** The value of an expression's tree in a row; a list of values for "each". */
export function evaluate(tree, row, clock) {
  if (!Array.isArray(tree)) return tree;
  const [operation, ...its] = tree;
  switch (operation) {
    case "answer":
      return outer(row, its[0]).values.get(its[1]) ?? "";
    case "each":
      return each(outer(row, its[0]), its[1], its[2]);
    case "position":
      return outer(row, its[0]).position;
    case "and":
      return its.every((one) => toBoolean(evaluate(one, row, clock)));
    case "or":
      return its.some((one) => toBoolean(evaluate(one, row, clock)));
    case "if":
      return evaluate(its[toBoolean(evaluate(its[0], row, clock)) ? 1 : 2], row, clock);
    case "today":
      return clock.today;
    case "now":
      return clock.now;
    default:
      return OPERATIONS[operation](...its.map((one) => evaluate(one, row, clock)));
  }
}

function outer(row, levels) {
  for (let level = 0; level < levels; level += 1) row = row.outer || row;
  return row;
}

function each(row, repeats, name) {
  let rows = [row];
  for (const repeat of repeats) rows = rows.flatMap((one) => one.rows.get(repeat) || []);
  return rows.map((one) => one.values.get(name) ?? "");
}

function equal(a, b) {
  if (typeof a === "boolean" || typeof b === "boolean") return toBoolean(a) === toBoolean(b);
  if (typeof a === "string" && typeof b === "string") return a === b;
  return toNumber(a) === toNumber(b);
}

function round(value, digits = 0) {
  const [number, places] = [toNumber(value), toNumber(digits)];
  if (!(Math.abs(places) <= 15)) return NaN;
  const factor = Number(`1e${Math.trunc(places)}`);
  if (!Number.isFinite(number * factor)) return number;
  return Math.floor(number * factor + 0.5) / factor;
}

const words = (value) => toString(value).split(/[ \t\r\n]+/).filter(Boolean);
const answered = (values) => values.flat().filter((value) => value !== "");
const whole = (how) => (value) => how(toNumber(value));

const extreme = (how) => (...values) => {
  const numbers = answered(values).map(toNumber);
  return numbers.length ? how(...numbers) : NaN;
};

function substring(text, start, length) {
  const first = round(start);
  const end = length === undefined ? Infinity : first + round(length);
  return [...toString(text)].filter((_, at) => first <= at + 1 && at + 1 < end).join("");
}

function substr(text, start, end) {
  const letters = [...toString(text)];
  const bounds = [toNumber(start), end === undefined ? Infinity : toNumber(end)];
  if (bounds.some(Number.isNaN)) return "";
  const [first, last] = bounds.map((bound) =>
    Math.trunc(Math.min(Math.max(bound < 0 ? bound + letters.length : bound, 0), letters.length)),
  );
  return letters.slice(first, last).join("");
}

function part(text, mark, after) {
  const [whole, sought] = [toString(text), toString(mark)];
  const at = whole.indexOf(sought);
  if (at < 0) return "";
  return after ? whole.slice(at + sought.length) : whole.slice(0, at);
}

function translate(text, old, replacement) {
  const letters = [...toString(replacement)];
  const replacements = new Map();
  [...toString(old)].forEach((letter, at) => {
    if (!replacements.has(letter)) replacements.set(letter, letters[at] ?? "");
  });
  return [...toString(text)].map((letter) => replacements.get(letter) ?? letter).join("");
}

function selectedAt(value, at) {
  const index = toNumber(at);
  return (Number.isInteger(index) && words(value)[index]) || "";
}

function date(value) {
  const days = toNumber(value);
  if (!(days >= -353000 && days < 2900000)) return "";
  return new Date(Math.floor(days) * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

function decimalTime(value) {
  const days = toNumber(value);
  return days - Math.floor(days);
}

const OPERATIONS = {
  "=": equal,
  "!=": (a, b) => !equal(a, b),
  "<": (a, b) => toNumber(a) < toNumber(b),
  "<=": (a, b) => toNumber(a) <= toNumber(b),
  ">": (a, b) => toNumber(a) > toNumber(b),
  ">=": (a, b) => toNumber(a) >= toNumber(b),
  "+": (a, b) => (b === undefined ? toNumber(a) : toNumber(a) + toNumber(b)),
  "-": (a, b) => (b === undefined ? -toNumber(a) : toNumber(a) - toNumber(b)),
  "*": (a, b) => toNumber(a) * toNumber(b),
  div: (a, b) => toNumber(a) / toNumber(b),
  mod: (a, b) => toNumber(a) % toNumber(b),
  boolean: toBoolean,
  ceiling: whole(Math.ceil),
  coalesce: (a, b) => (a !== "" ? a : b),
  concat: (...texts) => texts.map(toString).join(""),
  contains: (text, sought) => toString(text).includes(toString(sought)),
  count: (values) => [values].flat().length,
  "count-non-empty": (values) => answered([values]).length,
  "count-selected": (value) => words(value).length,
  date,
  "decimal-date-time": toNumber,
  "decimal-time": decimalTime,
  "ends-with": (text, end) => toString(text).endsWith(toString(end)),
  false: () => false,
  floor: whole(Math.floor),
  int: whole(Math.trunc),
  join: (mark, ...values) => values.flat().map(toString).join(toString(mark)),
  max: extreme(Math.max),
  min: extreme(Math.min),
  "normalize-space": (value) => words(value).join(" "),
  not: (value) => !toBoolean(value),
  number: toNumber,
  round,
  selected: (value, choice) => words(value).includes(trim(toString(choice))),
  "selected-at": selectedAt,
  "starts-with": (text, start) => toString(text).startsWith(toString(start)),
  string: toString,
  "string-length": (text) => [...toString(text)].length,
  substr,
  substring,
  "substring-after": (text, mark) => part(text, mark, true),
  "substring-before": (text, mark) => part(text, mark, false),
  sum: (values) => answered([values]).reduce((total, value) => total + toNumber(value), 0),
  translate,
  true: () => true,
};

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

/** The expressions of a form, ready to be evaluated. */
export class FormLogic {
  /** @param {{items: object[]}} compiledForm what the server's compiled_form() gives */
  constructor(compiledForm) {
    this.items = compiledForm.items;
  }

  /**
   * Find out what is asked, what must be answered and what may not be the answer.
   *
   * Irrelevant answers count as not given. Where conditions go in a circle the form is left as
   * it is after a number of passes, the same on both sides.
   */
  settle(answers, clock = clockAt(new Date())) {
    const row = makeRow(this.items, answers, null, 1);
    for (let pass = 0; pass < MOST_PASSES; pass += 1) {
      if (!goThrough(this.items, row, clock, true)) break;
    }
    const settled = {
      relevant: new Set(),
      required: new Set(),
      invalid: [],
      calculated: new Map(),
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
  row.outer = outerRow;
  row.position = position;
  fill(items, answers, row);
  return row;
}

function fill(items, answers, row) {
  for (const item of items) {
    if (isQuestion(item)) {
      const given = item.calculation === undefined ? valueOf(answers[item.name]) : "";
      row.given.set(item.name, given);
      row.values.set(item.name, given);
    } else if (item.repeated) {
      const rows = answers[item.name] || [];
      row.rows.set(
        item.name,
        rows.map((inner, index) => makeRow(item.items, inner, row, index + 1)),
      );
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
    if (isQuestion(item)) {
      let value = "";
      if (relevant && item.calculation !== undefined) {
        value = calculatedValue(evaluate(item.calculation, row, clock));
      } else if (relevant) {
        value = row.given.get(item.name);
      }
      if (value !== row.values.get(item.name)) {
        row.values.set(item.name, value);
        changed = true;
      }
    } else if (item.repeated) {
      for (const inner of row.rows.get(item.name)) {
        changed = goThrough(item.items, inner, clock, relevant) || changed;
      }
    } else {
      changed = goThrough(item.items, row, clock, relevant) || changed;
    }
  }
  return changed;
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
  if (item.calculation !== undefined) settled.calculated.set(field, value);
  if (value === "") {
    if (item.required !== undefined && toBoolean(evaluate(item.required, row, clock))) {
      settled.required.add(field);
      wrong(item.required_message);
    }
    return {};
  }
  if (item.constraint !== undefined && !toBoolean(evaluate(item.constraint, row, clock))) {
    wrong(item.constraint_message);
  }
  return { [item.name]: item.calculation === undefined ? answers[item.name] : value };
}

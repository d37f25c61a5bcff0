// Evaluates the trees of a form's expressions.
//
// The twin of observer/checklists/values.py and evaluation.py, which evaluate the same trees on the
// server; tests/checklists/expression_cases.json holds the two together.

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

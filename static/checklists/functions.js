// The functions and operators of expressions that need nothing but the values of their arguments.
//
// The twin of observer/checklists/functions.py. An argument that may be the answers of many rows
// is a list.

import { decimalTime, formatDate, toDate, toDateTime } from "./dates.js";
import { area, distance, inside } from "./geography.js";
import { SMALLEST, toBoolean, toNumber, toString, trim, words } from "./values.js";

const MOST_PLACES = 30;

/** Of many rows' answers it is enough that one compares so. */
const compare = (holds) => (a, b) => any(a).some((one) => any(b).some((other) => holds(one, other)));

function any(value) {
  if (!Array.isArray(value)) return [value];
  return value.length ? value : [""];
}

function equal(a, b) {
  if (typeof a === "boolean" || typeof b === "boolean") return toBoolean(a) === toBoolean(b);
  if (typeof a === "string" && typeof b === "string") return a === b;
  const [one, other] = [toNumber(a), toNumber(b)];
  return one === other || Math.abs(one - other) < SMALLEST;
}

function round(value, digits = 0) {
  const [number, places] = [toNumber(value), toNumber(digits)];
  if (!Number.isFinite(number)) return number;
  if (!(Math.abs(places) <= MOST_PLACES)) return NaN;
  const moved = shifted(number, Math.trunc(places));
  if (!Number.isFinite(moved)) return number;
  const down = Math.floor(moved);
  return shifted(moved - down >= 0.5 ? down + 1 : down, -Math.trunc(places));
}

function shifted(number, places) {
  // By the digits that are written: 1.005 * 100 would be a little less than 100.5.
  const [digits, exponent = "0"] = String(number).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}

/** The first twelve digits: from there on devices differ in sines, logarithms and the like. */
const nearly = (how) => (...values) => Number(how(...values).toPrecision(12)) + 0;
const ofNumbers = (how) => nearly((...values) => how(...values.map(toNumber)));
// There is no zero with a minus, which only some ways of rounding give.
const whole = (how) => (value) => how(toNumber(value)) + 0;

function power(base, exponent) {
  const [number, times] = [toNumber(base), toNumber(exponent)];
  if (!Number.isInteger(times)) return nearly(Math.pow)(number, times);
  // Multiplied out, which every device does alike to the last digit.
  let [result, square, left] = [1, number, Math.abs(times)];
  while (left) {
    if (left % 2) result *= square;
    square *= square;
    left = Math.floor(left / 2);
  }
  return times >= 0 ? result : 1 / result;
}

function selectedAt(value, at) {
  const [chosen, index] = [words(value), toNumber(at)];
  return index > -1 && index < chosen.length ? chosen[Math.trunc(index)] : "";
}

const isGiven = (value) => value !== "" && !Number.isNaN(value);
const answered = (values) => values.flat().filter((value) => value !== "");
const numbers = (values) => values.flat().map(toNumber).filter((number) => !Number.isNaN(number));

const extreme = (how) => (...values) => {
  const found = numbers(values);
  return found.length ? how(...found) + 0 : NaN;
};

/** Between two bounds, of which one below zero is none. */
function within(least, most, found) {
  const [low, high] = [toNumber(least), toNumber(most)];
  return (low < 0 || found >= low) && (high < 0 || found <= high);
}

const checklist = (least, most, ...factors) =>
  within(least, most, factors.flat().filter(toBoolean).length);

function weighted(least, most, ...pairs) {
  const factors = pairs.filter((_, at) => at % 2 === 0).flat();
  const weights = pairs.filter((_, at) => at % 2 === 1).flat();
  const total = factors
    .slice(0, weights.length)
    .reduce((sum, factor, at) => sum + (toBoolean(factor) ? toNumber(weights[at]) : 0), 0);
  return within(least, most, total);
}

function substring(text, start, length) {
  const first = round(start);
  const end = length === undefined ? Infinity : first + round(length);
  return [...toString(text)].filter((_, at) => first <= at + 1 && at + 1 < end).join("");
}

function substr(text, start, end = Infinity) {
  const letters = [...toString(text)];
  const [first, last] = [start, end].map((bound) => index(bound, letters.length));
  return letters.slice(first, last).join("");
}

function index(bound, length) {
  const number = toNumber(bound);
  if (Number.isNaN(number)) return 0;
  return Math.trunc(Math.min(Math.max(number <= -1 ? number + length : number, 0), length));
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

const matches = (text, pattern) => new RegExp(`^(?:${pattern})$`, "u").test(toString(text));

export const OPERATIONS = {
  "=": compare(equal),
  "!=": compare((a, b) => !equal(a, b)),
  "<": compare((a, b) => toNumber(a) < toNumber(b)),
  "<=": compare((a, b) => toNumber(a) <= toNumber(b)),
  ">": compare((a, b) => toNumber(a) > toNumber(b)),
  ">=": compare((a, b) => toNumber(a) >= toNumber(b)),
  "+": (a, b) => (b === undefined ? toNumber(a) : toNumber(a) + toNumber(b)),
  "-": (a, b) => (b === undefined ? -toNumber(a) : toNumber(a) - toNumber(b)),
  "*": (a, b) => toNumber(a) * toNumber(b),
  div: (a, b) => toNumber(a) / toNumber(b),
  mod: (a, b) => toNumber(a) % toNumber(b),
  "|": (...values) => values.flat(),
  first: (values) => [values].flat()[0] ?? "",
  abs: whole(Math.abs),
  acos: ofNumbers(Math.acos),
  area: nearly((...values) => area(values.flat())),
  asin: ofNumbers(Math.asin),
  atan: ofNumbers(Math.atan),
  atan2: ofNumbers(Math.atan2),
  boolean: toBoolean,
  "boolean-from-string": (value) => ["true", "1"].includes(toString(value).toLowerCase()),
  ceiling: whole(Math.ceil),
  checklist,
  coalesce: (...values) => values.find(isGiven) ?? "",
  concat: (...texts) => texts.flat().map(toString).join(""),
  contains: (text, sought) => toString(text).includes(toString(sought)),
  cos: ofNumbers(Math.cos),
  count: (values) => [values].flat().length,
  "count-non-empty": (values) => answered([values]).length,
  "count-selected": (value) => words(value).length,
  date: toDate,
  "date-time": toDateTime,
  "decimal-date-time": toNumber,
  "decimal-time": decimalTime,
  distance: nearly((...values) => distance(values.flat())),
  "ends-with": (text, end) => toString(text).endsWith(toString(end)),
  exp: ofNumbers(Math.exp),
  exp10: (value) => power(10, value),
  false: () => false,
  floor: whole(Math.floor),
  "format-date": formatDate,
  "format-date-time": formatDate,
  geofence: (point, shape) => inside(point, [shape].flat()),
  int: whole(Math.trunc),
  join: (mark, ...values) => values.flat().map(toString).join(toString(mark)),
  log: ofNumbers(Math.log),
  log10: ofNumbers(Math.log10),
  max: extreme(Math.max),
  min: extreme(Math.min),
  "normalize-space": (value) => words(value).join(" "),
  not: (value) => !toBoolean(value),
  number: toNumber,
  pi: () => Math.PI,
  pow: power,
  regex: matches,
  round,
  selected: (value, choice) => words(value).includes(trim(toString(choice))),
  "selected-at": selectedAt,
  sin: ofNumbers(Math.sin),
  sqrt: whole(Math.sqrt),
  "starts-with": (text, start) => toString(text).startsWith(toString(start)),
  string: toString,
  "string-length": (text) => [...toString(text)].length,
  substr,
  substring,
  "substring-after": (text, mark) => part(text, mark, true),
  "substring-before": (text, mark) => part(text, mark, false),
  sum: (...values) => numbers(values).reduce((total, number) => total + number, 0),
  tan: ofNumbers(Math.tan),
  translate,
  true: () => true,
  "weighted-checklist": weighted,
};

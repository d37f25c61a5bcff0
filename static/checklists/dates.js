// Dates and times in expressions: from what is stored into words, and back from numbers.
//
// The twin of observer/checklists/dates.py.

import { DATE, TIME, toNumber, toString, trim } from "./values.js";

const DAY_MILLISECONDS = 86400000;
const [FIRST_DAY, LAST_DAY] = [-353000, 2900000];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const padded = (number, digits = 2) => String(number).padStart(digits, "0");

/** What may follow a % in a format: of the moment, as a Date whose UTC is the clock on the wall. */
const CODES = {
  "%": () => "%",
  Y: (at) => padded(at.getUTCFullYear(), 4),
  y: (at) => padded(at.getUTCFullYear(), 4).slice(2),
  m: (at) => padded(at.getUTCMonth() + 1),
  n: (at) => String(at.getUTCMonth() + 1),
  b: (at) => MONTHS[at.getUTCMonth()],
  d: (at) => padded(at.getUTCDate()),
  e: (at) => String(at.getUTCDate()),
  a: (at) => DAYS[at.getUTCDay()],
  H: (at) => padded(at.getUTCHours()),
  h: (at) => String(at.getUTCHours()),
  M: (at) => padded(at.getUTCMinutes()),
  S: (at) => padded(at.getUTCSeconds()),
  3: (at) => padded(at.getUTCMilliseconds(), 3),
};

/** The date of a date, a moment or a number of days; nothing where it is none. */
export function toDate(value) {
  if (typeof value === "string") {
    const at = moment(value);
    return at ? written(at, "%Y-%m-%d") : "";
  }
  const days = toNumber(value);
  // Towards zero, as ODK does it.
  return isDay(days) ? written(onDay(Math.trunc(days), 0), "%Y-%m-%d") : "";
}

/** A moment, without a zone unless it was given with one; nothing where it is none. */
export function toDateTime(value) {
  const at = moment(value);
  if (at === null) return "";
  if (typeof value === "string" && value.includes("T")) return trim(value);
  return written(at, `%Y-%m-%dT%H:%M:%S${at.getUTCMilliseconds() ? ".%3" : ""}`);
}

/** A date or moment in the words of a format; nothing where it is none. */
export function formatDate(value, form) {
  const at = moment(value);
  return at ? written(at, toString(form)) : "";
}

/** The part of the day that has passed: 0.5 at noon. */
export function decimalTime(value) {
  const days = toNumber(value);
  return days - Math.floor(days);
}

const written = (at, form) =>
  form.replace(/%([%YymnbdeaHhMS3])/g, (_, code) => CODES[code](at));

const isDay = (days) => days >= FIRST_DAY && days < LAST_DAY;

const onDay = (day, passed) => new Date(day * DAY_MILLISECONDS + passed);

function moment(value) {
  if (typeof value === "string") {
    const text = trim(value);
    const date = DATE.exec(text);
    if (date) {
      const day = toNumber(text.slice(0, 10));
      if (Number.isNaN(day)) return null;
      return onDay(day, date[4] ? passed(date[4], date[5], date[6]) : 0);
    }
    const time = TIME.exec(text);
    if (time) return onDay(0, passed(time[1], time[2], time[3]));
  }
  const days = toNumber(value);
  if (!isDay(days)) return null;
  const day = Math.floor(days);
  return onDay(day, Math.floor((days - day) * DAY_MILLISECONDS + 0.5));
}

function passed(hours, minutes, seconds) {
  const [whole, fraction = ""] = (seconds || "0").split(".");
  const thousandths = Number(`${fraction}000`.slice(0, 3));
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(whole)) * 1000 + thousandths;
}

// Values of answers in expressions: strings, numbers and booleans.
//
// The twin of observer/checklists/values.py.

/** As for ODK, numbers that differ by less are equal, and one that is smaller is nothing. */
export const SMALLEST = 1e-12;

const NUMBER = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
const CLOCK = "([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\\.[0-9]+)?))?";
const ZONE = "(?:Z|[-+][0-9]{2}:?[0-9]{2})?";
export const DATE = new RegExp(`^([1-9][0-9]{3})-([01][0-9])-([0-3][0-9])(?:[T ]${CLOCK}${ZONE})?$`);
export const TIME = new RegExp(`^${CLOCK}${ZONE}$`);
const DAY_SECONDS = 86400;

export const trim = (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");

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
  // Some languages write a comma for the point; ODK takes both.
  const number = text.replaceAll(",", ".");
  if (NUMBER.test(number)) return Number(number);
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
  return typeof value === "number" ? Math.abs(value) > SMALLEST : Boolean(value);
}

/** The words of a text: the choices of an answer to select_multiple. */
export const words = (value) => toString(value).split(/[ \t\r\n]+/).filter(Boolean);

/** Reads the answers off the page, by the items of the form's logic. */
import { iso } from "./times.js";

/** Types of questions whose answer is a file, known by its SHA-256. */
export const FILES = ["image", "audio", "video", "file"];

/** The words of the question on a part of the page. */
export const labelOf = (part) =>
  part?.querySelector("legend, .question-label")?.textContent.trim() ?? "";

/** What is said about the question on a part of the page, behind its words. */
export const aboutQuestion = (part, message) => behind(labelOf(part), message);

/** A message behind a label, which may be a question with its own mark at the end. */
export function behind(label, message) {
  if (!label) return message;
  return /[?؟.!…:]$/.test(label) ? `${label} ${message}` : `${label}: ${message}`;
}

/** Finds the part of the page that belongs to a field: a question, a group or a repeat. */
export const partOf = (form, field) =>
  form.querySelector(
    `[data-field="${CSS.escape(field)}"], [data-unseen="${CSS.escape(field)}"]`,
  );

/** The rows that a repeat has on the page. */
export const rowsOf = (repeat) => repeat.querySelectorAll(":scope > .rows > [data-row]");

/** The answers as the API takes them; `files` holds those taken, by the part of the page. */
export function readAnswers(form, items, files, prefix = "") {
  const answers = {};
  for (const item of items) {
    const field = prefix + item.name;
    if (item.items === undefined) {
      const answer = readAnswer(form, item, field, files);
      if (answer !== null && answer !== "") answers[item.name] = answer;
    } else if (item.repeated) {
      const rows = [...rowsOf(partOf(form, field))].map((_, index) =>
        readAnswers(form, item.items, files, `${field}:${index}:`),
      );
      if (rows.length) answers[item.name] = rows;
    } else {
      Object.assign(answers, readAnswers(form, item.items, files, prefix));
    }
  }
  return answers;
}

/** The answer to one question; null or nothing where there is none. */
export function readAnswer(form, item, field, files) {
  if (FILES.includes(item.type)) return files.get(partOf(form, field))?.sha256 ?? null;
  const inputs = [...form.querySelectorAll(`[name="${CSS.escape(field)}"]`)];
  if (!inputs.length) return null;
  if (item.calculation !== undefined) {
    const isKept = item.keeps && item.type === "calculate" && inputs[0].value;
    return isKept ? JSON.parse(inputs[0].value) : null;
  }
  const { given, shown } = inputs[0].dataset;
  // An input may show less than was answered, such as a moment without its seconds and zone.
  if (given !== undefined && shown === inputs[0].value) return JSON.parse(given);
  return readInputs(inputs, item.type, partOf(form, field));
}

function readInputs(inputs, type, part) {
  const checked = inputs.filter((input) => input.checked).map((input) => input.value);
  const { type: kind, value } = inputs[0];
  switch (type) {
    case "select_one":
    case "acknowledge":
      return ["radio", "checkbox"].includes(kind) ? (checked[0] ?? null) : value.trim();
    case "rank":
      return checked.length ? orderOf(part) : null;
    case "select_multiple":
      // A list may have a name more than once, under different answers.
      return checked.length ? [...new Set(checked)] : null;
    case "integer":
    case "decimal":
      if (kind === "radio") return checked.length ? Number(checked[0]) : null;
      return value === "" ? null : Number(value);
    case "dateTime":
      return value && iso(new Date(value));
    case "geopoint":
      return value && JSON.parse(value);
    default:
      return value.trim();
  }
}

/** What was tapped to be ranked, the first first. */
export const orderOf = (part) => (part.dataset.order ?? "").split(" ").filter(Boolean);

/** What a person reads as the answer to the question on this part of the page. */
export function answerInWords(part) {
  const ticked = part.querySelectorAll(".choice > input:checked");
  const chosen = [...ticked].map((input) => input.closest(".choice"));
  if (part.dataset.type === "rank") {
    chosen.sort((a, b) => Number(a.dataset.rank) - Number(b.dataset.rank));
  }
  if (chosen.length) return chosen.map((choice) => choice.textContent.trim()).join(", ");
  const list = part.querySelector(".answer select");
  if (list) return list.selectedOptions[0]?.textContent.trim() ?? "";
  const input = part.querySelector(".answer input, .answer textarea");
  if (!input) return "";
  if (input.type === "hidden") return part.querySelector("output")?.textContent ?? "";
  return input.type === "datetime-local" ? input.value.replace("T", " ") : input.value;
}

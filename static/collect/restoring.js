/** Puts answers back into the page from which they, or others to the same form, were read. */
import { FILES, partOf, readAnswer } from "./answers.js";
import { markStarted, shownIn } from "./filling.js";
import { showFile, showPoint, showPositions, showRank } from "./inputs.js";
import { touch } from "./questions.js";
import { makeRows } from "./repeats.js";
import { toString } from "../checklists/values.js";

const UNKNOWN_TYPE = "application/octet-stream";

/**
 * Make the page answer what `answers` say and nothing else, not even what it answers at first.
 *
 * @param {Questions} questions those of a page that has no rows yet
 * @param {object} answers as the API takes them
 * @param {Map<string, object>} kept the files that this phone has, by field
 */
export function restoreAnswers(questions, answers, kept) {
  restoreItems(questions, questions.logic.items, answers, kept, "");
  questions.takeUp();
}

function restoreItems(questions, items, answers, kept, prefix) {
  for (const item of items) {
    const field = prefix + item.name;
    if (item.items === undefined) {
      restoreAnswer(questions, item, field, answers[item.name] ?? null, kept);
    } else if (item.repeated) {
      const rows = answers[item.name] ?? [];
      makeRows(partOf(questions.form, field), rows.length, questions.rowTitle);
      rows.forEach((row, index) => {
        restoreItems(questions, item.items, row, kept, `${field}:${index}:`);
      });
    } else {
      restoreItems(questions, item.items, answers, kept, prefix);
    }
  }
}

function restoreAnswer({ form, files, texts }, item, field, answer, kept) {
  const part = partOf(form, field);
  const inputs = [...form.querySelectorAll(`[name="${CSS.escape(field)}"]`)];
  if (!part || !inputs.length) return;
  if (item.calculation !== undefined) {
    const isKept = item.keeps && item.type === "calculate" && answer !== null;
    if (isKept) inputs[0].value = JSON.stringify(answer);
    return;
  }
  if (answer !== null) {
    touch(part);
    markStarted(part);
  }
  if (FILES.includes(item.type)) {
    showFile(part, answer && fileOf(answer, item, kept.get(field)), files, texts);
  } else if (["radio", "checkbox"].includes(inputs[0].type)) {
    const chosen = [answer ?? []].flat().map(String);
    for (const input of inputs) input.checked = chosen.includes(input.value);
    part.dataset.order = item.type === "rank" ? chosen.join(" ") : "";
    if (item.type === "rank") showRank(part);
  } else {
    putBack(part, item.type, inputs[0], answer, texts);
    remember(inputs[0], answer, readAnswer(form, item, field, files));
  }
}

function putBack(part, type, input, answer, texts) {
  if (type === "geopoint") {
    showPoint(part, answer);
  } else if (["geotrace", "geoshape"].includes(type)) {
    showPositions(part, answer?.split("; ").filter(Boolean) ?? [], texts);
  } else {
    input.value = answer === null ? "" : shownIn(type, toString(answer));
  }
}

/** Keep what the input cannot hold, for as long as nobody changes what it shows. */
function remember(input, answer, read) {
  if (answer === null || JSON.stringify(read) === JSON.stringify(answer)) return;
  input.dataset.given = JSON.stringify(answer);
  input.dataset.shown = input.value;
}

function fileOf(sha256, item, kept) {
  if (kept?.sha256 === sha256) return kept;
  return { sha256, blob: null, type: item.type === "image" ? "image/jpeg" : UNKNOWN_TYPE };
}

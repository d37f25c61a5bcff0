/** A form being filled: what is asked, what is wrong, the summary, and sending it. */
import { newId } from "../checklists/expressions.js";
import { aboutQuestion, answerInWords, labelOf, partOf } from "./answers.js";
import { startInputs } from "./inputs.js";
import { startOutbox } from "./outbox.js";
import { startPlaces } from "./places.js";
import { Position } from "./position.js";
import { Questions, withValues } from "./questions.js";
import { showReceipt } from "./receipt.js";
import { startRepeats } from "./repeats.js";
import { Steps } from "./steps.js";
import { iso } from "./times.js";

const phone = JSON.parse(document.getElementById("phone").textContent);
const { texts } = phone;
const form = document.getElementById("fill");
const id = newId();
const startedAt = iso();
const photos = new Map();
const questions = new Questions(form, phone.logic, texts, photos);
const { touched } = questions;
let left = false;

const position = new Position((state, best) => {
  const metres = best && Math.round(best.accuracy_m);
  form.querySelector("[data-position]").textContent = withValues(texts[state], { metres });
});
const steps = new Steps(
  form,
  (number, count) => withValues(texts.step, { number, count }),
  (step) => step.dataset.step === "summary" && showSummary(),
);
const sender = startOutbox(phone, {
  onReceipt: (receipt) => receipt.id === id && showReceipt(form, receipt, texts),
});
startInputs(form, texts, position, photos, changed, questions.tell);
startPlaces(form, phone.places);
startRepeats(form, questions.rowTitle, changed);
form.addEventListener("input", (event) => {
  changed(event.target.closest("[data-field]")?.dataset.field);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
window.addEventListener("beforeunload", (event) => {
  if (touched.size && !left) event.preventDefault();
});
settle();
sender.sendAll();

function changed(field) {
  if (field) touched.add(field);
  settle();
}

/** Show what is asked now, and what is wrong with what was answered; gives all that is wrong. */
function settle() {
  const settled = questions.settle();
  showPlace();
  steps.draw();
  return settled;
}

function place() {
  const chosen = document.getElementById("place").value;
  return chosen === "?" ? document.getElementById("place-code").value.trim() : chosen;
}

function showPlace() {
  const other = document.getElementById("place").value === "?";
  form.querySelector("[data-other-place]").hidden = !other;
}

/** What is missing or not possible: each with the part of the page where it is mended. */
function allProblems() {
  const { wrong, relevant } = settle();
  for (const field of relevant) touched.add(field);
  settle();
  const problems = wrong.map(({ field, message }) => ({ part: partOf(form, field), message }));
  const where = form.querySelector("[data-place]");
  const noPlace = "needed" in where.dataset && !place();
  document.getElementById("place-error").hidden = !noPlace;
  document.getElementById("place-error").textContent = noPlace ? texts.noPlace : "";
  if (noPlace) problems.unshift({ part: where, message: texts.noPlace });
  return problems;
}

function showSummary() {
  const problems = allProblems();
  form.querySelector(".problems").hidden = problems.length === 0;
  form.querySelector("[data-all-well]").hidden = problems.length > 0;
  form.querySelector("[data-problems]").replaceChildren(
    ...problems.map(({ part, message }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = "#fill";
      link.textContent = aboutQuestion(part, message);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        steps.showPart(part);
      });
      item.append(link);
      return item;
    }),
  );
  form.querySelector("[data-summary]").replaceChildren(...summaryOf());
}

function* summaryOf() {
  yield* pair(labelOf(form.querySelector("[data-place]")), place() || "–");
  for (const part of form.querySelectorAll("[data-field][data-type]")) {
    if (part.closest("[data-field][hidden], [data-row][hidden]")) continue;
    const words = wordsFor(part);
    if (words) yield* pair(labelOf(part), words);
  }
}

function wordsFor(part) {
  if (!photos.has(part.dataset.field)) return answerInWords(part);
  return part.dataset.type === "image" ? texts.photo : texts.file;
}

function pair(term, words) {
  const [label, answer] = [document.createElement("dt"), document.createElement("dd")];
  label.textContent = term;
  answer.textContent = words;
  return [label, answer];
}

/** Put what was filled in line and send it; from here on it cannot be changed any more. */
async function send() {
  if (left) return;
  left = true;
  position.stop();
  const { answers, relevant } = settle();
  const taken = [...photos].filter(([field]) => relevant.has(field));
  const payload = {
    id,
    form: phone.form,
    form_version: phone.version,
    round: phone.round,
    place: place() || null,
    started_at: startedAt,
    finished_at: iso(),
    position: position.best,
    answers,
    revision: 1,
    attachments: taken.map(([field, { sha256, type }]) => ({
      question: field.split(":").at(-1),
      sha256,
      type,
    })),
  };
  const files = taken.map(([, { sha256, blob }]) => ({ sha256, blob }));
  const title = document.querySelector("h1").textContent;
  const queuedAt = new Date().toISOString();
  form.hidden = true;
  const sent = document.getElementById("sent");
  sent.hidden = false;
  sent.focus();
  await sender.add({ id, person: phone.person, title, payload, files, queuedAt, reason: "" });
}

/** A form being filled: what is asked, what is wrong, the summary, and sending it. */
import { newId } from "../checklists/expressions.js";
import { FormLogic } from "../checklists/logic.js";
import { aboutQuestion, answerInWords, labelOf, orderOf, partOf, readAnswers } from "./answers.js";
import { fillIn as putIn } from "./filling.js";
import { startInputs } from "./inputs.js";
import { startOutbox } from "./outbox.js";
import { findOutputs, showOutputs } from "./outputs.js";
import { Position } from "./position.js";
import { showReceipt } from "./receipt.js";
import { startRepeats } from "./repeats.js";
import { Steps } from "./steps.js";
import { iso } from "./times.js";

const phone = JSON.parse(document.getElementById("phone").textContent);
const { texts } = phone;
const form = document.getElementById("fill");
const logic = new FormLogic(phone.logic);
const id = newId();
const startedAt = iso();
const photos = new Map();
const touched = new Set();
// Choices that are no longer offered may take others with them, and so on.
const MOST_ROUNDS = 20;
let left = false;

const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const position = new Position((state, best) => {
  const metres = best && Math.round(best.accuracy_m);
  form.querySelector("[data-position]").textContent = fillIn(texts[state], { metres });
});
const steps = new Steps(
  form,
  (number, count) => fillIn(texts.step, { number, count }),
  (step) => step.dataset.step === "summary" && showSummary(),
);
const sender = startOutbox(phone, {
  onReceipt: (receipt) => receipt.id === id && showReceipt(form, receipt, texts),
});
startInputs(form, texts, position, photos, changed, tell);
startRepeats(form, rowTitle, changed);
findOutputs(form);
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

function rowTitle(number) {
  return fillIn(texts.row, { number });
}

function changed(field) {
  if (field) touched.add(field);
  settle();
}

/** What the form's logic makes of the page; what it keeps of calculations is put on the page. */
function settleOnce() {
  const settled = logic.settle(readAnswers(form, logic.items, photos));
  for (const [field, value] of settled.kept) {
    form.querySelector(`[name="${CSS.escape(field)}"]`).value = JSON.stringify(value);
  }
  return settled;
}

/** Show what is asked now, and what is wrong with what was answered; gives all that is wrong. */
function settle() {
  let settled = settleOnce();
  for (let round = 0; round < MOST_ROUNDS && putIn(form, settled, rowTitle); round += 1) {
    settled = settleOnce();
  }
  showOutputs(form, settled);
  for (const part of form.querySelectorAll("[data-field]")) {
    const { field } = part.dataset;
    part.hidden = !settled.relevant.has(field) || settled.counts.get(field) === 0;
    part.querySelector("[data-clear]")?.toggleAttribute(
      "hidden",
      !part.querySelector("input:checked"),
    );
  }
  const wrong = [...settled.invalid];
  for (const part of form.querySelectorAll("[data-field][data-type]:not([hidden])")) {
    const message = badAnswer(part);
    if (message && settled.relevant.has(part.dataset.field)) {
      wrong.push({ field: part.dataset.field, message });
    }
  }
  const messages = new Map(wrong.map(({ field, message }) => [field, message]));
  for (const part of form.querySelectorAll("[data-field][data-type]")) {
    const field = part.dataset.field;
    tell(field, touched.has(field) ? messages.get(field) : "");
  }
  showPlace();
  steps.draw();
  return { ...settled, wrong };
}

/** What the server would not read as an answer to this question; empty where there is nothing. */
function badAnswer(part) {
  const number = part.querySelector("input[type=number]");
  const { badInput, stepMismatch, rangeUnderflow, rangeOverflow } = number?.validity ?? {};
  const isBroken = part.dataset.type === "integer" && number?.valueAsNumber % 1;
  if (badInput || isBroken || (number?.placeholder && stepMismatch)) return texts.badNumber;
  if (number?.placeholder && (rangeUnderflow || rangeOverflow)) {
    return fillIn(texts.outside, { range: number.placeholder });
  }
  const ranked = orderOf(part).length;
  const all = part.querySelectorAll(".choice:not([hidden])").length;
  return part.dataset.type === "rank" && ranked && ranked < all ? texts.rankAll : "";
}

function tell(field, message) {
  const part = partOf(form, field);
  const problem = part?.querySelector(".problem");
  if (!problem) return;
  problem.textContent = message || "";
  problem.hidden = !message;
  part.classList.toggle("wrong", Boolean(message));
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

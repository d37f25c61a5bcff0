/** A form as it will be on the phone: conditions work, nothing is kept and nothing is sent. */
import { FormLogic } from "../checklists/logic.js";
import { partOf, readAnswers } from "./answers.js";
import { startInputs } from "./inputs.js";
import { startRepeats } from "./repeats.js";
import { Steps } from "./steps.js";

const { logic: compiled, texts } = JSON.parse(document.getElementById("phone").textContent);
const form = document.getElementById("fill");
const logic = new FormLogic(compiled);
const photos = new Map();
const touched = new Set();
const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const steps = new Steps(
  form,
  (number, count) => fillIn(texts.step, { number, count }),
  () => {},
);

startInputs(form, texts, { best: null }, photos, changed, tell);
startRepeats(form, (number) => fillIn(texts.row, { number }), changed);
form.addEventListener("input", (event) => {
  changed(event.target.closest("[data-field]")?.dataset.field);
});
form.addEventListener("submit", (event) => event.preventDefault());
changed();

function changed(field) {
  if (field) touched.add(field);
  const settled = logic.settle(readAnswers(form, logic.items, photos));
  const messages = new Map(settled.invalid.map((each) => [each.field, each.message]));
  for (const part of form.querySelectorAll("[data-field]")) {
    const name = part.dataset.field;
    part.hidden = !settled.relevant.has(name);
    if ("type" in part.dataset) tell(name, touched.has(name) ? messages.get(name) : "");
  }
  steps.draw();
}

function tell(field, message) {
  const problem = partOf(form, field)?.querySelector(".problem");
  if (!problem) return;
  problem.textContent = message || "";
  problem.hidden = !message;
}

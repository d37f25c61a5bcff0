/** A form as it will be on the phone: conditions work, nothing is kept and nothing is sent. */
import { startInputs } from "./inputs.js";
import { startPlaces } from "./places.js";
import { Questions, withValues } from "./questions.js";
import { startRepeats } from "./repeats.js";
import { Steps } from "./steps.js";

const { logic, texts, places } = JSON.parse(document.getElementById("phone").textContent);
const form = document.getElementById("fill");
const photos = new Map();
const questions = new Questions(form, logic, texts, photos);
const steps = new Steps(
  form,
  (number, count) => withValues(texts.step, { number, count }),
  () => {},
);

startInputs(form, texts, { best: null }, photos, changed, questions.tell);
startPlaces(form, places);
startRepeats(form, questions.rowTitle, changed);
form.addEventListener("input", (event) => {
  changed(event.target.closest("[data-field]")?.dataset.field);
});
form.addEventListener("submit", (event) => event.preventDefault());
changed();

function changed(field) {
  if (field) questions.touched.add(field);
  questions.settle();
  steps.draw();
}

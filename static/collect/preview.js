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
showNamed();

/** Begin where the question or group is that the address names. */
function showNamed() {
  // Not the name alone, at which a browser would go to the field and take the focus with it.
  const name = CSS.escape(new URLSearchParams(location.hash.slice(1)).get("at") ?? "");
  const part = name && form.querySelector(`[data-field="${name}"], [data-step="${name}"]`);
  if (!part) return;
  steps.current = part.closest(".step");
  steps.draw();
  part.classList.add("named");
  // The frame alone scrolls; the page around it, where somebody edits, stays as it is.
  const { top, bottom } = part.getBoundingClientRect();
  if (bottom > window.innerHeight) window.scrollTo(0, top - 16);
}

function changed(field) {
  if (field) questions.touched.add(field);
  questions.settle();
  steps.draw();
}

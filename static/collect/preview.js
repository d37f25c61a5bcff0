/** A form as it will be on the phone: conditions work, nothing is kept and nothing is sent. */
import { finderAt } from "./finding.js";
import { FormView } from "./formview.js";

const { page, texts, places } = JSON.parse(document.getElementById("phone").textContent);
const view = new FormView(document.getElementById("fill"), page, {
  texts,
  findPlaces: finderAt(places),
  photo: { longest_edge: 1600, most_bytes: 400_000 },
  largestFile: 9_500_000,
});
showNamed();

/** Begin where the question or group is that the address names. */
function showNamed() {
  // Not the name alone, at which a browser would go to the field and take the focus with it.
  const name = CSS.escape(new URLSearchParams(location.hash.slice(1)).get("at") ?? "");
  const part = name && view.form.querySelector(`[data-field="${name}"], [data-step="${name}"]`);
  if (!part) return;
  view.steps.open(part.closest(".step"));
  part.classList.add("named");
  // The frame alone scrolls; the page around it, where somebody edits, stays as it is.
  const { top, bottom } = part.getBoundingClientRect();
  if (bottom > window.innerHeight) window.scrollTo(0, top - 16);
}

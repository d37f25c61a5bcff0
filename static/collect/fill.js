/** A page with one form to fill, which is then sent. */
import { newId } from "../checklists/expressions.js";
import { finderAt } from "./finding.js";
import { FormView } from "./formview.js";
import { startOutbox } from "./outbox.js";
import { showReceipt } from "./receipt.js";
import { iso } from "./times.js";

const phone = JSON.parse(document.getElementById("phone").textContent);
const { texts } = phone;
const id = newId();
const startedAt = iso();
let isTouched = false;
let left = false;

const view = new FormView(document.getElementById("fill"), phone.page, {
  texts,
  place: phone.place,
  places: phone.offered,
  findPlaces: finderAt(phone.places),
  photo: { longest_edge: 1600, most_bytes: 400_000 },
  largestFile: 9_500_000,
  onChange: () => {
    isTouched = true;
  },
  onSend: send,
});
const sender = startOutbox(phone, {
  onReceipt: (receipt) => receipt.id === id && showReceipt(view.form, receipt, texts),
});
window.addEventListener("beforeunload", (event) => {
  if (isTouched && !left) event.preventDefault();
});
sender.sendAll();

/** Put what was filled in line and send it; from here on it cannot be changed any more. */
async function send() {
  if (left) return;
  left = true;
  const { place, answers, position, attachments, files } = view.result();
  const payload = {
    id,
    form: phone.page.code,
    form_version: phone.page.version,
    round: phone.round,
    place: place || null,
    started_at: startedAt,
    finished_at: iso(),
    position,
    answers,
    revision: 1,
    attachments,
  };
  const queuedAt = new Date().toISOString();
  view.position.stop();
  view.form.hidden = true;
  const sent = document.getElementById("sent");
  sent.hidden = false;
  sent.focus();
  const { title } = phone.page;
  await sender.add({ id, person: phone.person, title, payload, files, queuedAt, reason: "" });
}

/** The panel that shows what waits on this phone, why, and what can be done about it. */
import { saveAsFile } from "./saving.js";
import { Sender } from "./sending.js";

/** Show the panel and keep sending, telling of receipts and rests; gives the sender. */
export function startOutbox(phone, events) {
  const panel = document.getElementById("outbox");
  const list = panel.querySelector(".waiting");
  const show = async (sendingId) => {
    const records = await sender.records();
    panel.hidden = records.length === 0;
    list.replaceChildren(...records.map((record) => describe(phone, record, sendingId)));
  };
  const sender = new Sender(phone, { ...events, onChange: show });
  panel.querySelector("[data-send]").addEventListener("click", () => sender.sendAll());
  panel.querySelector("[data-save]").addEventListener("click", async () => {
    await saveAsFile(phone, await sender.records());
  });
  return sender;
}

function describe(phone, record, sendingId) {
  const item = document.createElement("li");
  const title = document.createElement("strong");
  title.textContent = [record.title, record.payload.place].filter(Boolean).join(" · ");
  const state = document.createElement("div");
  const reason = record.id === sendingId ? "sending" : record.reason || "later";
  state.textContent = phone.texts[reason];
  item.append(title, state);
  if (record.unkept) {
    const warning = document.createElement("div");
    warning.className = "problem";
    warning.textContent = phone.texts.notKept;
    item.append(warning);
  }
  return item;
}

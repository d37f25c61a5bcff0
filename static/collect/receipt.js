/** Shows what the mission said about a submission that has arrived. */
import { aboutQuestion, partOf } from "./answers.js";

export function showReceipt(form, receipt, texts) {
  const panel = document.querySelector("[data-receipt]");
  panel.hidden = false;
  panel.querySelector("[data-code]").textContent = `${texts.receipt} ${receipt.code}`;
  const status = panel.querySelector("[data-status]");
  status.textContent = texts[receipt.status] ?? texts.received;
  status.className = `status status-${receipt.status}`;
  panel.querySelector("[data-reasons]").replaceChildren(
    ...receipt.errors.map(({ question, message }) => {
      const item = document.createElement("li");
      item.textContent = question ? aboutQuestion(partOf(form, question), message) : message;
      return item;
    }),
  );
}

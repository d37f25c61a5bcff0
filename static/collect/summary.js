/** What was answered, and what is wrong with it, before it is sent. */
import { aboutQuestion, answerInWords, labelOf } from "./answers.js";

/** Each answered question that is asked: its part of the page, its label and its answer. */
export function* answered(form, files, texts) {
  for (const part of form.querySelectorAll("[data-field][data-type]")) {
    if (part.closest("[data-field][hidden], [data-row][hidden]")) continue;
    const words = wordsFor(part, files, texts);
    if (words) yield { part, label: fullLabel(part), words };
  }
}

function wordsFor(part, files, texts) {
  if (!files.has(part)) return answerInWords(part);
  return part.dataset.type === "image" ? texts.photo : files.get(part).name || texts.file;
}

/** The question's label, behind the rows of repeats that it is in. */
function fullLabel(part) {
  const rows = [];
  for (let row = part.closest("[data-row]"); row; row = row.parentElement.closest("[data-row]")) {
    const repeat = row.closest("[data-repeat]").querySelector(":scope > h2")?.textContent.trim();
    const number = row.querySelector("legend").textContent.trim();
    rows.unshift(repeat ? `${repeat}, ${number}` : number);
  }
  return [...rows, labelOf(part)].join(": ");
}

/**
 * Draw the summary.
 *
 * @param {HTMLElement} step of the summary
 * @param {{part: HTMLElement, message: string}[]} problems
 * @param {{part: HTMLElement, label: string, words: string}[]} answers
 * @param {(part: HTMLElement) => void} goTo shows the question on a part of the page
 */
export function drawSummary(step, problems, answers, goTo) {
  step.querySelector(".problems").hidden = problems.length === 0;
  step.querySelector("[data-all-well]").hidden = problems.length > 0;
  step.querySelector("[data-problems]").replaceChildren(
    ...problems.map(({ part, message }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = "#";
      link.textContent = aboutQuestion(part, message);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        goTo(part);
      });
      item.append(link);
      return item;
    }),
  );
  const template = step.querySelector("[data-summary-row]").content.firstElementChild;
  step.querySelector("[data-summary]").replaceChildren(
    ...answers.map(({ part, label, words }) => {
      const row = template.cloneNode(true);
      const button = row.querySelector("[data-change]");
      row.querySelector("dt").textContent = label;
      row.querySelector("dd span").textContent = words;
      button.setAttribute("aria-label", `${button.textContent}: ${label}`);
      button.addEventListener("click", () => goTo(part));
      return row;
    }),
  );
}

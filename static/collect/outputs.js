/** Answers in the words of other questions: ${name} in a label or a hint. */
import { toString } from "../checklists/values.js";
import { fieldNear } from "../checklists/logic.js";
import { answerInWords, partOf } from "./answers.js";

const REFERENCE = /\$\{\s*([^}]*?)\s*\}/;
const UNANSWERED = "…";

/** Put an element in the place of each ${name}; in rows to come too. */
export function findOutputs(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const outside = !walker.currentNode.parentElement?.closest("option, textarea, script");
    if (outside && REFERENCE.test(walker.currentNode.data)) texts.push(walker.currentNode);
  }
  for (const text of texts) {
    const parts = text.data.split(new RegExp(REFERENCE, "g"));
    text.replaceWith(...parts.map((part, index) => (index % 2 ? outputOf(part) : part)));
  }
  for (const template of root.querySelectorAll("template")) findOutputs(template.content);
}

function outputOf(name) {
  const output = document.createElement("span");
  output.dataset.answer = name;
  output.textContent = UNANSWERED;
  return output;
}

/** Show the answers as they are now. */
export function showOutputs(form, settled) {
  for (const output of form.querySelectorAll("[data-answer]")) {
    const place = output.closest("[data-field]")?.dataset.field ?? "";
    output.textContent = answerNear(form, place, output.dataset.answer, settled);
  }
}

/** A message about a field, with the answers it speaks of. */
export const withAnswers = (form, field, message, settled) =>
  message.replace(new RegExp(REFERENCE, "g"), (_, name) => answerNear(form, field, name, settled));

function answerNear(form, place, name, settled) {
  const field = fieldNear(place, name, settled.values);
  return (field && inWords(form, field, settled)) || UNANSWERED;
}

function inWords(form, field, settled) {
  const part = partOf(form, field);
  const words = part?.dataset.field ? answerInWords(part) : "";
  return words || toString(settled.values.get(field));
}

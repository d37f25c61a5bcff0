/** The questions of a form on a page: what is asked now, and what is wrong with the answers. */
import { FormLogic } from "../checklists/logic.js";
import { orderOf, partOf, readAnswers } from "./answers.js";
import { chooseOffered, fillIn, markStarted } from "./filling.js";
import { findOutputs, showOutputs, withAnswers } from "./outputs.js";
import { withValues } from "./parts.js";

// Choices that are no longer offered may take others with them, and so on.
const MOST_ROUNDS = 20;

/** From here on it is said what is wrong with the answer to a question. */
export function touch(part) {
  if (part) part.dataset.touched = "1";
}

export class Questions {
  /** `logic` is what the server's compiled_form() gives; `files` holds those taken, by part. */
  constructor(form, logic, texts, files) {
    this.form = form;
    this.logic = new FormLogic(logic);
    this.texts = texts;
    this.files = files;
    findOutputs(form);
  }

  rowTitle = (number) => withValues(this.texts.row, { number });

  /** The answers as they stand on the page, those that are not asked for too. */
  read() {
    return readAnswers(this.form, this.logic.items, this.files);
  }

  /** Show what is asked now, and what is wrong with what was answered; gives all that is wrong. */
  settle() {
    let settled = this.settleOnce();
    for (let n = 0; n < MOST_ROUNDS && fillIn(this.form, settled, this.rowTitle); n += 1) {
      settled = this.settleOnce();
    }
    showOutputs(this.form, settled);
    for (const part of this.form.querySelectorAll("[data-field]")) {
      const { field } = part.dataset;
      part.hidden = !settled.relevant.has(field) || settled.counts.get(field) === 0;
      part.querySelector("[data-clear]")?.toggleAttribute(
        "hidden",
        !part.querySelector("input:checked"),
      );
    }
    const wrong = settled.invalid.map(({ field, message }) => ({
      field,
      message: withAnswers(this.form, field, message, settled),
    }));
    for (const part of this.form.querySelectorAll("[data-field][data-type]:not([hidden])")) {
      const message = this.badAnswer(part);
      if (message && settled.relevant.has(part.dataset.field)) {
        wrong.push({ field: part.dataset.field, message });
      }
    }
    const messages = new Map(wrong.map(({ field, message }) => [field, message]));
    for (const part of this.form.querySelectorAll("[data-field][data-type]")) {
      this.tell(part, part.dataset.touched ? messages.get(part.dataset.field) : "");
    }
    return { ...settled, wrong };
  }

  /** What the form's logic makes of the page; what it keeps of calculations is put on the page. */
  settleOnce() {
    const settled = this.logic.settle(this.read());
    for (const [field, value] of settled.kept) {
      this.form.querySelector(`[name="${CSS.escape(field)}"]`).value = JSON.stringify(value);
    }
    return settled;
  }

  /** Take the page as somebody left it: what was empty then is not filled by itself now. */
  takeUp() {
    const { first, choices } = this.settleOnce();
    for (const field of first.keys()) markStarted(partOf(this.form, field));
    for (const [field, offered] of choices) chooseOffered(partOf(this.form, field), offered);
  }

  /** How many questions of those asked have an answer. */
  progress(settled) {
    const asked = [...this.form.querySelectorAll("[data-field][data-type]:not([data-fixed])")]
      .map((part) => part.dataset.field)
      .filter((field) => settled.relevant.has(field));
    const answered = asked.filter((field) => settled.values.get(field) !== "");
    return { answered: answered.length, asked: asked.length };
  }

  /** What the server would not read as an answer to this question; empty where there is nothing. */
  badAnswer(part) {
    const number = part.querySelector("input[type=number]");
    const { badInput, stepMismatch, rangeUnderflow, rangeOverflow } = number?.validity ?? {};
    const isBroken = part.dataset.type === "integer" && number?.valueAsNumber % 1;
    if (badInput || isBroken || (number?.placeholder && stepMismatch)) return this.texts.badNumber;
    if (number?.placeholder && (rangeUnderflow || rangeOverflow)) {
      return withValues(this.texts.outside, { range: number.placeholder });
    }
    const ranked = orderOf(part).length;
    const all = part.querySelectorAll(".choice:not([hidden])").length;
    return part.dataset.type === "rank" && ranked && ranked < all ? this.texts.rankAll : "";
  }

  /** Say beside a question what is wrong with its answer; nothing where nothing is. */
  tell = (part, message) => {
    const problem = part?.querySelector(".problem");
    if (!problem) return;
    // Said again only where it is another one: a screen reader speaks at each change.
    if (problem.textContent !== (message || "")) problem.textContent = message || "";
    problem.hidden = !message;
    part.classList.toggle("wrong", Boolean(message));
    for (const input of part.querySelectorAll(".answer :is(input, select, textarea)")) {
      if (message) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  };
}

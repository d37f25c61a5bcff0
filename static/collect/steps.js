/** One part of the form on the screen at a time. */
import { closeRoom } from "./stillness.js";

const SUMMARY = "summary:";

export class Steps {
  /** @param {(step: HTMLElement) => void} onShow told which step comes on the screen */
  constructor(form, stepText, onShow) {
    this.form = form;
    this.all = [...form.querySelectorAll(".step")];
    this.stepText = stepText;
    this.onShow = onShow;
    this.current = this.all[0];
    this.summary = this.all.find((step) => step.dataset.step === SUMMARY);
    this.back = form.querySelector("[data-back]");
    this.next = form.querySelector("[data-next]");
    this.toSummary = form.querySelector("[data-to-summary]");
    this.back.addEventListener("click", () => this.move(-1));
    this.next.addEventListener("click", () => this.move(1));
    this.toSummary?.addEventListener("click", () => this.show(this.summary));
    this.progress = form.querySelector("[data-progress]");
    for (const step of this.all) headingOf(step).setAttribute("aria-describedby", this.progress.id);
  }

  /** The steps in which something is asked. */
  get asked() {
    return this.all.filter((step) => {
      const parts = [...step.querySelectorAll("[data-field]")];
      return !parts.length || parts.some((part) => !part.hidden);
    });
  }

  get index() {
    return this.all.indexOf(this.current);
  }

  get isAtSummary() {
    return this.current === this.summary;
  }

  move(by) {
    const asked = this.asked;
    const index = Math.min(Math.max(asked.indexOf(this.current) + by, 0), asked.length - 1);
    this.show(asked[index]);
  }

  show(step) {
    this.open(step);
    headingOf(step).focus({ preventScroll: true });
    this.form.scrollIntoView({ block: "start", behavior: "instant" });
  }

  /** Show the step with this number, or the last one before it in which something is asked. */
  open(step) {
    const wanted = this.all.indexOf(step);
    const asked = this.asked.filter((one) => this.all.indexOf(one) <= wanted);
    closeRoom(this.current);
    this.current = asked.at(-1) ?? this.all[0];
    this.onShow(this.current);
    this.draw();
  }

  /** Show the step in which an element stands, and go to it. */
  showPart(part) {
    this.open(part.closest(".step"));
    part.scrollIntoView({ block: "center", behavior: "instant" });
    const input = part.querySelector("input:not([type=hidden]), select, textarea, button");
    input?.focus({ preventScroll: true });
  }

  draw() {
    const asked = this.asked;
    const number = asked.indexOf(this.current) + 1;
    for (const step of this.all) step.hidden = step !== this.current;
    this.back.disabled = number <= 1;
    this.next.hidden = number === asked.length;
    this.form.querySelector("progress").value = number / asked.length;
    this.progress.textContent = this.stepText(number, asked.length);
    if (this.isAtSummary) this.wasAtSummary = true;
    if (this.toSummary) this.toSummary.hidden = !this.wasAtSummary || this.isAtSummary;
  }
}

/** What is focused when a step comes up, so that a screen reader begins there. */
const headingOf = (step) => step.querySelector(":scope > h2") ?? step;

/** One part of the form on the screen at a time. */

export class Steps {
  /** @param {(step: HTMLElement) => void} onShow told which step comes on the screen */
  constructor(form, stepText, onShow) {
    this.form = form;
    this.all = [...form.querySelectorAll(".step")];
    this.stepText = stepText;
    this.onShow = onShow;
    this.current = this.all[0];
    this.back = form.querySelector("[data-back]");
    this.next = form.querySelector("[data-next]");
    this.back.addEventListener("click", () => this.move(-1));
    this.next.addEventListener("click", () => this.move(1));
    this.draw();
  }

  /** The steps in which something is asked. */
  get asked() {
    return this.all.filter((step) => {
      const parts = [...step.querySelectorAll("[data-field]")];
      return !parts.length || parts.some((part) => !part.hidden);
    });
  }

  move(by) {
    const asked = this.asked;
    const index = Math.min(Math.max(asked.indexOf(this.current) + by, 0), asked.length - 1);
    this.show(asked[index]);
  }

  show(step) {
    this.current = step;
    this.onShow(step);
    this.draw();
    step.focus({ preventScroll: true });
    this.form.scrollIntoView({ block: "start" });
  }

  /** Show the step in which an element stands, and go to it. */
  showPart(part) {
    this.show(part.closest(".step"));
    part.scrollIntoView({ block: "center" });
    part.querySelector("input, select, textarea")?.focus({ preventScroll: true });
  }

  draw() {
    const asked = this.asked;
    const number = asked.indexOf(this.current) + 1;
    for (const step of this.all) step.hidden = step !== this.current;
    this.back.disabled = number <= 1;
    this.next.hidden = number === asked.length;
    this.form.querySelector("progress").value = number / asked.length;
    this.form.querySelector("[data-progress]").textContent = this.stepText(number, asked.length);
  }
}

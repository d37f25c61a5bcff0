/**
 * A form on the screen: its questions, what is wrong with the answers, and the summary.
 *
 * It keeps nothing and sends nothing; whoever shows it is told of each change and asks for what
 * there is to keep, state(), or to send, result().
 */
import { labelOf, partOf } from "./answers.js";
import { forgetPictures, startInputs } from "./inputs.js";
import { withValues } from "./parts.js";
import { startPlaces } from "./places.js";
import { Position } from "./position.js";
import { Questions, touch } from "./questions.js";
import { startRepeats } from "./repeats.js";
import { restoreAnswers } from "./restoring.js";
import { Steps } from "./steps.js";
import { keepingStill } from "./stillness.js";
import { answered, drawSummary } from "./summary.js";
import { Where } from "./where.js";

const NO_POSITION = { best: null, state: "positionNone", stop() {} };
const DEFAULTS = {
  answers: null,
  place: "",
  files: new Map(),
  step: 0,
  urgent: false,
  places: [],
  findPlaces: async () => null,
  readOnly: false,
  onChange() {},
  onSend() {},
};
/** The question whose answer "yes" says that a report is urgent, in forms that have the switch. */
const URGENT_QUESTION = "urgent";

export class FormView {
  /**
   * @param {HTMLElement} root an empty element
   * @param {object} page what `GET /api/v1/forms/<form>/<version>/page` gave
   * @param {object} options
   *   texts: the sentences of `question_texts`, and those about the place, photos and positions
   *   answers: null, or an object as the API takes it; place: its code; urgent
   *   files: Map(field → {blob, sha256, type, name}), blob null for what the mission has already
   *   step: number of the step to begin with; -1 is the summary
   *   places: those offered, as the API gives them; findPlaces: async (text) → such places
   *   photo: {longest_edge, most_bytes}; largestFile: in bytes
   *   readOnly; onChange(view), told after each change; onSend(view)
   */
  constructor(root, page, options) {
    this.options = { ...DEFAULTS, ...options };
    this.root = root;
    this.page = page;
    this.files = new Map();
    this.reading = Promise.resolve();
    this.form = elementOf(page.html);
    root.replaceChildren(this.form);
    const { texts } = this.options;
    this.questions = new Questions(this.form, page.logic, texts, this.files);
    this.steps = new Steps(
      this.form,
      (number, count) => withValues(texts.step, { number, count }),
      () => this.showSummary(),
    );
    this.putIn();
    this.position = this.findPosition();
    this.listen();
    this.settled = this.questions.settle();
    this.steps.open(this.steps.all.at(this.options.step) ?? this.steps.all[0]);
    if (this.options.readOnly) this.close();
    this.isReady = true;
  }

  putIn() {
    const { answers, files, places, place, urgent } = this.options;
    const where = this.form.querySelector("[data-place]");
    this.where = where && new Where(where, places, this.page.place, place);
    this.urgent = this.form.querySelector("[data-urgent]");
    if (this.urgent) this.urgent.checked = urgent;
    if (answers) restoreAnswers(this.questions, answers, files);
  }

  findPosition() {
    const shown = this.form.querySelector("[data-position]");
    if (!shown || this.options.readOnly) return NO_POSITION;
    return new Position((state, best) => {
      const metres = best && Math.round(best.accuracy_m);
      shown.textContent = withValues(this.options.texts[state], { metres });
    });
  }

  listen() {
    const { texts, photo, largestFile, findPlaces } = this.options;
    startInputs(this.form, {
      texts,
      position: this.position,
      files: this.files,
      photo,
      largestFile,
      changed: this.changed,
      tell: this.questions.tell,
      reading: (promise) => {
        this.reading = Promise.all([this.reading, promise]);
      },
    });
    startPlaces(this.form, findPlaces);
    startRepeats(this.form, this.questions.rowTitle, () => this.changed(null, null));
    this.form.addEventListener("input", ({ target }) => {
      this.changed(target.closest("[data-field]"), target);
    });
    this.form.addEventListener("click", ({ target }) => {
      if (target.closest("[data-back], [data-next], [data-to-summary]")) this.tellChange();
    });
    this.form.addEventListener("submit", async (event) => {
      event.preventDefault();
      // The Enter key in any field asks to submit; it is not meant to send what is half filled.
      if (!this.steps.isAtSummary || this.options.readOnly) {
        document.activeElement?.blur();
        return;
      }
      await this.allRead();
      if (!this.isGone) this.options.onSend(this);
    });
  }

  /** Somebody answered the question on a part of the page, with a control that stays in place. */
  changed = (part, control) => {
    if (this.isGone) return;
    touch(part);
    keepingStill(control, this.steps.current, () => {
      this.settled = this.questions.settle();
      this.where?.draw();
      this.steps.draw();
    });
    for (const held of this.files.keys()) if (!this.form.contains(held)) this.files.delete(held);
    if (this.urgent && part?.dataset.field === URGENT_QUESTION) {
      this.urgent.checked = this.settled.values.get(URGENT_QUESTION) === "yes";
    }
    // A photo may be ready only when the summary is on the screen.
    if (control === part) this.showSummary();
    this.tellChange();
  };

  tellChange() {
    if (this.isReady && !this.isGone) this.options.onChange(this);
  }

  close() {
    this.form.classList.add("read-only");
    for (const control of this.form.querySelectorAll(
      ".step :is(input, select, textarea, button:not([data-change]))",
    )) {
      control.disabled = true;
    }
  }

  showSummary() {
    if (!this.steps.isAtSummary) {
      // What it said may be another answer when it comes up again.
      this.form.querySelector("[data-summary]")?.replaceChildren();
      return;
    }
    this.settled = this.questions.settle();
    for (const field of this.settled.relevant) touch(partOf(this.form, field));
    this.settled = this.questions.settle();
    const problems = this.settled.wrong.map(({ field, message }) => ({
      part: partOf(this.form, field),
      message,
    }));
    if (this.where?.isMissing) {
      const message = this.options.texts.noPlace;
      this.where.tell(message);
      problems.unshift({ part: this.where.part, message });
    }
    drawSummary(this.steps.current, problems, [...this.entries()], (part) => {
      this.steps.showPart(part);
      this.tellChange();
    });
  }

  *entries() {
    if (this.where?.place) {
      const { part, words } = this.where;
      yield { part, label: labelOf(part), words };
    }
    yield* answered(this.form, this.files, this.options.texts);
  }

  /** The number of a step as `state()` gives it, or any part's step, comes on the screen. */
  showStep(index) {
    this.steps.show(this.steps.all[index]);
    this.tellChange();
  }

  /** Everything as it stands, for a draft: answers that are not asked for now too. */
  state() {
    return {
      place: this.where?.place ?? "",
      answers: this.questions.read(),
      step: this.steps.index,
      urgent: this.urgent?.checked ?? false,
      progress: this.questions.progress(this.settled),
      files: [...this.files].map(([{ dataset: { field } }, file]) => ({
        field,
        question: nameIn(field),
        sha256: file.sha256,
        type: file.type,
        name: file.name ?? "",
        blob: file.blob,
      })),
    };
  }

  /** What is sent; `problems` is how much of it is missing or not possible. */
  result() {
    this.settled = this.questions.settle();
    const taken = [...this.files].filter(([part]) => this.settled.relevant.has(part.dataset.field));
    const here = new Map(
      taken.map(([, { sha256, blob }]) => [sha256, blob]).filter(([, blob]) => blob),
    );
    return {
      place: this.where?.place ?? "",
      answers: this.settled.answers,
      position: this.position.best,
      urgent: this.urgent?.checked ?? false,
      attachments: taken.map(([{ dataset }, { sha256, type }]) => ({
        question: nameIn(dataset.field),
        sha256,
        type,
      })),
      files: [...here].map(([sha256, blob]) => ({ sha256, blob })),
      problems: this.settled.wrong.length + (this.where?.isMissing ? 1 : 0),
    };
  }

  /** Resolves when the photos and files chosen so far are among the answers. */
  async allRead() {
    await this.reading;
  }

  /** Label and words of each answer that counts. */
  summary() {
    return [...this.entries()].map(({ label, words }) => [label, words]);
  }

  /** Leave the page as it was before; a photo that is still being read, see allRead(), is lost. */
  destroy() {
    this.isGone = true;
    this.position.stop();
    forgetPictures(this.form);
    this.root.replaceChildren();
  }
}

const nameIn = (field) => field.split(":").at(-1);

/** The form, made by the server, as an element; no script in it would run. */
function elementOf(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return document.adoptNode(parsed.querySelector("form"));
}

/** A form being filled: kept at every change, owned by one tab at a time, finished in one step. */
import { newId } from "../checklists/expressions.js";
import { DRAFT, WAITING, recordId } from "./store.js";
import { iso } from "./times.js";

const SETTLE_MS = 400;

/** A new draft of a form; it is on the phone from its first change on. */
export function newDraft({ form, round, place = "", visit = null, urgent = false }) {
  const payload = {
    id: newId(),
    form: form.code,
    form_version: form.version,
    round,
    place: place || null,
    visit,
    started_at: iso(),
    answers: {},
    revision: 1,
    attachments: [],
  };
  if (urgent) payload.urgent = true;
  // The place that is known already is not asked for first.
  return { payload, step: place ? 1 : 0, files: [], progress: null, isNew: true };
}

/** A draft that corrects a submission, from what was sent of it last. */
export function correction(sent, files) {
  const { id, form, form_version, round, place, visit, urgent, answers, revision } = sent;
  const payload = {
    id,
    form,
    form_version,
    round,
    place,
    visit: visit ?? null,
    started_at: iso(),
    answers,
    revision: revision + 1,
    attachments: sent.attachments,
  };
  if (urgent) payload.urgent = true;
  // At the summary, from which every answer can be reached.
  return { payload, step: -1, files, progress: null, isNew: true, corrects: true };
}

/** Keeps one draft. */
export class DraftKeeper {
  constructor(store, content) {
    this.store = store;
    this.content = content;
    this.id = recordId(content.payload.id, content.payload.revision);
    this.next = null;
    this.saving = null;
    this.kept = new Set(content.files.map(({ sha256 }) => sha256));
    this.finished = false;
  }

  /**
   * Keep the state that a view of the form is in. Of changes that come while one is written the last
   * one alone is written after it.
   */
  change(state) {
    if (this.finished) return this.saving;
    this.next = state;
    this.saving ??= this.saveAll();
    return this.saving;
  }

  async saveAll() {
    try {
      while (this.next && !this.finished) {
        const state = this.next;
        this.next = null;
        await this.keepFiles(state.files);
        this.content = contentOf(this.content, state);
        await this.store.put([this.record(DRAFT, this.content)], { durability: "relaxed" });
        await this.dropFiles(state.files);
      }
    } finally {
      // In the same breath as the last look at what is next: no change falls in between.
      this.saving = null;
    }
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settle(), SETTLE_MS);
  }

  /** Once the person stops to think, have it written where it outlives the phone's battery, too. */
  async settle() {
    clearTimeout(this.settling);
    this.settling = null;
    if (!this.finished) await this.store.put([this.record(DRAFT, this.content)]);
  }

  /** Write what is still to be written, and then nothing more: somebody else may go on with it. */
  async leave() {
    await this.saving;
    if (this.settling) await this.settle();
    this.finished = true;
  }

  async keepFiles(files) {
    for (const file of files) {
      if (!file.blob || this.kept.has(file.sha256)) continue;
      await this.store.putFile(this.id, file);
      this.kept.add(file.sha256);
    }
  }

  async dropFiles(files) {
    const wanted = new Set(files.map(({ sha256 }) => sha256));
    for (const sha256 of this.kept) {
      if (wanted.has(sha256)) continue;
      await this.store.removeFile(this.id, sha256);
      this.kept.delete(sha256);
    }
  }

  record = (kind, content) => ({
    id: this.id,
    kind,
    urgent: Boolean(content.payload.urgent),
    content,
  });

  /** From here on it cannot be changed any more: it waits to be sent. */
  async finish(result, state) {
    await this.change(state);
    this.finished = true;
    clearTimeout(this.settling);
    const { place, answers, position, attachments } = result;
    const payload = {
      ...this.content.payload,
      place: place || null,
      finished_at: iso(),
      position,
      answers,
      attachments,
    };
    await this.store.put([this.record(WAITING, { payload, reason: "" })]);
    await this.dropFiles(attachments);
  }

  async discard() {
    this.finished = true;
    await this.saving;
    await this.store.remove(this.id);
  }
}

function contentOf(content, { place, answers, step, urgent, progress, files: taken }) {
  const files = taken.map(({ blob, ...file }) => file);
  const attachments = files.map(({ question, sha256, type }) => ({ question, sha256, type }));
  const payload = {
    ...content.payload,
    place: place || null,
    finished_at: iso(),
    answers,
    attachments,
  };
  if (urgent) payload.urgent = true;
  else delete payload.urgent;
  return { ...content, payload, step, progress, files, isNew: false };
}

/**
 * Hold a draft for this tab alone until the function that it gives is called; null where another tab
 * holds it. With `take` it is taken from the other tab; `lost` is told when somebody takes it away.
 */
export async function holdDraft(id, { take = false, lost }) {
  if (!navigator.locks) return () => {};
  return new Promise((resolve) => {
    const options = take ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request(`observer-draft ${id}`, options, (lock) => {
        if (!lock) return resolve(null);
        return new Promise((release) => resolve(release));
      })
      .catch(lost);
  });
}

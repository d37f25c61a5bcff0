/** Sends what waits on the phone, each record on its own, and only forgets what has arrived. */
import { ask } from "./server.js";
import { INQUIRY, SENT, VISIT, unsentOf } from "./store.js";
import { iso } from "./times.js";

const FIRST_PAUSE_S = 5;
const LONGEST_PAUSE_S = 300;
const LONGEST_UPLOAD_S = 600;
const SUBMISSIONS = "/api/v1/submissions";
const VISITS = "/api/v1/visits";
const INQUIRIES = "/api/v1/inquiries";
const ANSWERED_BEFORE = 409;

/**
 * These say something about the network or the sign-in, and nothing about what was sent: nothing
 * else would get through either, and the rest waits with it.
 */
const FOR_ALL = ["noNetwork", "signIn", "otherPerson", "later"];

/** Nor after so many failures one behind the other, whatever they say. */
const MOST_IN_A_ROW = 3;

/** What only a person can put right; the rest is tried again. */
export const NEEDS_YOU = ["signIn", "otherPerson", "notAllowed", "refused", "tooLarge", "fileGone"];

/** Keeps sending, with growing pauses, whenever there may be a network again. */
export class Sender {
  /**
   * @param {object} app with `store`, and `session.ask()` giving the CSRF token of this very person or
   *   the reason why there is none
   * @param {Function} onChange told which record is being sent (null: none)
   */
  constructor(app, onChange) {
    this.app = app;
    this.onChange = onChange;
    this.tries = 0;
    this.timer = null;
    this.stopped = false;
    this.isInLine = false;
    window.addEventListener("online", this.now);
    document.addEventListener("visibilitychange", this.whenVisible);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.now);
    document.removeEventListener("visibilitychange", this.whenVisible);
  }

  whenVisible = () => document.visibilityState === "visible" && this.sendAll();

  /** Send what waits at once, whatever pause was meant. */
  now = () => {
    this.tries = 0;
    return this.sendAll();
  };

  /** Send what waits, once who is sending has done. One tab at a time, so that none sends twice. */
  async sendAll() {
    clearTimeout(this.timer);
    if (this.stopped || this.isInLine) return;
    if (!navigator.locks) return this.sendEach();
    this.isInLine = true;
    await navigator.locks.request("observer-outbox", async () => {
      this.isInLine = false;
      if (!this.stopped) await this.sendEach();
    });
  }

  async sendEach() {
    let left = 0;
    let pause = 0;
    let inARow = 0;
    let stop = false;
    const visits = (await this.app.store.all(VISIT)).filter(({ content }) => !content.sent);
    const waiting = await unsentOf(this.app.store);
    const queue = inLine([...visits, ...waiting]);
    const session = queue.length ? await this.app.session.ask() : {};
    if (queue.length && !session.csrf) stop = await this.failed(queue[0], session);
    for (const record of queue) {
      if (this.stopped) return;
      const outcome = stop || (await this.send(record, session.csrf));
      inARow = outcome.receipt ? 0 : inARow + 1;
      if (outcome.receipt) continue;
      left += 1;
      pause = Math.max(pause, outcome.pause ?? 0);
      if (FOR_ALL.includes(outcome.reason) || inARow >= MOST_IN_A_ROW) stop = outcome;
    }
    this.onChange(null);
    this.tries = left ? this.tries + 1 : 0;
    if (left) this.later(Math.max(pause, FIRST_PAUSE_S * 2 ** Math.min(this.tries - 1, 8)));
  }

  later(seconds) {
    const jitter = 1 + Math.random() / 4;
    this.timer = setTimeout(this.again, Math.min(seconds, LONGEST_PAUSE_S) * jitter * 1000);
  }

  again = () => this.sendAll();

  send(record, csrf) {
    this.onChange(record.id);
    if (record.kind === VISIT) return this.sendVisit(record, csrf);
    if (record.kind === INQUIRY) return this.sendAnswer(record, csrf);
    return this.sendSubmission(record, csrf);
  }

  async sendAnswer(record, csrf) {
    const { about, payload } = record.content;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
    const options = { method: "PUT", headers, body: JSON.stringify(payload) };
    const answer = await ask(`${INQUIRIES}/${about.id}`, options);
    if (answer.status === ANSWERED_BEFORE && answer.json) {
      // It was answered from elsewhere; what was said there comes with the next sync.
      await this.app.store.put([{ ...record, content: { about, payload: null, reason: "" } }]);
      this.app.sync();
      return { receipt: answer.json };
    }
    if (answer.reason) return this.failed(record, answer);
    if (answer.json.id !== about.id) return this.failed(record, { reason: "notOurs" });
    const known = { ...about, ...answer.json };
    await this.app.store.put([{ ...record, content: { about: known, payload: null, reason: "" } }]);
    return { receipt: answer.json };
  }

  async sendVisit(record, csrf) {
    const { content } = record;
    const body = JSON.stringify({ ...content.payload, sent_at: iso() });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
    const answer = await ask(`${VISITS}/${record.id}`, { method: "PUT", headers, body });
    if (!answer.json || answer.reason) return this.failed(record, answer);
    const sent = JSON.stringify(content.payload);
    // It may have been left while its arrival was under way.
    await this.app.store.update(record.id, (now) =>
      JSON.stringify(now.payload) === sent ? { ...now, sent: true, reason: "" } : null,
    );
    return { receipt: answer.json };
  }

  /** The submission first, then each file of it by itself, until the server misses none. */
  async sendSubmission(record, csrf) {
    let answer = await this.post(record, csrf);
    let files = null;
    while (answer.receipt?.missing.length) {
      files ??= new Map((await this.app.store.files(record.id)).map((one) => [one.sha256, one]));
      const sha256 = answer.receipt.missing.find((one) => files.has(one));
      if (!sha256) return this.failed(record, { reason: "fileGone" });
      record = await this.arrivedSoFar(record, answer.receipt);
      answer = await this.post(record, csrf, files.get(sha256));
      // What does not come through is not asked for a second time in the same breath.
      files.delete(sha256);
    }
    if (!answer.receipt) return this.failed(record, answer);
    await this.app.store.put(
      [{ id: record.content.payload.id, kind: SENT, content: sentContent(record, answer.receipt) }],
      { without: [record.id] },
    );
    return answer;
  }

  async post(record, csrf, file = null) {
    const headers = { "X-CSRFToken": csrf };
    let body = JSON.stringify({ ...record.content.payload, sent_at: iso() });
    if (file) {
      const parts = new FormData();
      parts.append("submission", body);
      parts.append(file.sha256, file.blob, file.sha256);
      body = parts;
    } else {
      headers["Content-Type"] = "application/json";
    }
    const options = { method: "POST", headers, body, longest: LONGEST_UPLOAD_S };
    const answer = await ask(SUBMISSIONS, options);
    if (answer.reason) return answer;
    const isReceipt = answer.json.id === record.content.payload.id && answer.json.missing;
    return isReceipt ? { receipt: answer.json } : { reason: "notOurs" };
  }

  /** The submission itself is with the mission; how many of its files are too. */
  async arrivedSoFar(record, { missing }) {
    const came = record.content.payload.attachments.length - missing.length;
    if (record.content.came === came) return record;
    const known = { ...record, content: { ...record.content, came } };
    await this.app.store.put([known]);
    return known;
  }

  async failed(record, { reason, pause = 0 }) {
    await this.app.store.update(record.id, (content) => {
      const tries = (content.tries ?? 0) + (FOR_ALL.includes(reason) ? 0 : 1);
      const isNew = content.reason !== reason || content.tries !== tries;
      return isNew ? { ...content, reason, tries } : null;
    });
    return { reason, pause };
  }
}

/** The urgent ones first, and what has made trouble before behind all that has not. */
function inLine(records) {
  const tries = ({ content }) => content.tries ?? 0;
  return records.sort((a, b) => Number(b.urgent) - Number(a.urgent) || tries(a) - tries(b));
}

/** What is kept of a submission that has arrived. */
function sentContent({ content: { payload } }, receipt) {
  const { errors, ...known } = receipt;
  return {
    ...known,
    errors: receipt.status === "held" ? errors : [],
    form: payload.form,
    form_version: payload.form_version,
    round: payload.round,
    place: payload.place,
    visit: payload.visit,
    urgent: payload.urgent ?? false,
    started_at: payload.started_at,
    finished_at: payload.finished_at,
    answers: payload.answers,
    attachments: payload.attachments.map((one) => ({ ...one, arrived: true })),
  };
}

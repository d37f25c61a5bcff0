/** Sends what waits on the phone, each record on its own, and only forgets what has arrived. */
import { forget, keep, waiting } from "./store.js";
import { iso } from "./times.js";

const FIRST_PAUSE_S = 5;
const LONGEST_PAUSE_S = 300;
const REASONS = {
  400: "refused",
  401: "signIn",
  403: "notAllowed",
  413: "tooLarge",
  415: "refused",
  429: "later",
  503: "later",
};

/** What the submissions API said: an answer, or the name of the reason why it is still here. */
async function post(phone, record) {
  const submission = { ...record.payload, sent_at: iso() };
  const headers = { Accept: "application/json", "X-CSRFToken": phone.csrf };
  let body = JSON.stringify(submission);
  if (record.files.length) {
    const parts = new FormData();
    parts.append("submission", body);
    for (const { sha256, blob } of record.files) parts.append(sha256, blob, `${sha256}.jpg`);
    body = parts;
  } else {
    headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(phone.send, { method: "POST", headers, body, redirect: "manual" });
  } catch {
    return { reason: "noNetwork" };
  }
  const pause = Number(answer.headers.get("Retry-After")) || 0;
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  // A redirect or a page of a network's own is no answer of ours, whatever its status says.
  if (!isJson) return { reason: answer.status >= 500 ? "later" : "notOurs", pause };
  if (![200, 201, 202].includes(answer.status)) {
    return { reason: REASONS[answer.status] || "later", pause };
  }
  const receipt = await answer.json().catch(() => null);
  return receipt?.id === record.id ? { receipt } : { reason: "notOurs" };
}

/** Send one record; gives what became of it, with the receipt where it has arrived. */
async function sendOne(phone, record) {
  const outcome = await post(phone, record);
  if (outcome.receipt && !outcome.receipt.missing?.length) {
    await forget(record.id).catch(() => {});
  } else {
    record.reason = outcome.receipt ? "photosMissing" : outcome.reason;
    await keep(record).catch(() => {});
  }
  return outcome;
}

/** Keeps sending, with growing pauses, whenever there may be a network again. */
export class Sender {
  /**
   * @param {object} phone what the page says about who fills and where to send
   * @param {{onChange: Function, onReceipt: Function, onRest: Function}} events
   *   told when something changes, of each receipt, and after all was tried of what has arrived
   */
  constructor(phone, { onChange, onReceipt = () => {}, onRest = () => {} }) {
    this.phone = phone;
    this.onChange = onChange;
    this.onReceipt = onReceipt;
    this.onRest = onRest;
    this.unkept = [];
    this.tries = 0;
    this.timer = null;
    window.addEventListener("online", () => this.sendAll());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.sendAll();
    });
  }

  /** Everything that waits: what is kept, and what this browser would not keep. */
  async records() {
    const kept = await waiting(this.phone.person).catch(() => []);
    const known = new Set(kept.map((record) => record.id));
    return [...kept, ...this.unkept.filter((record) => !known.has(record.id))];
  }

  /** Put a finished submission in line and send it. */
  async add(record) {
    try {
      await keep(record);
      navigator.storage?.persist?.();
    } catch {
      record.unkept = true;
      this.unkept.push(record);
    }
    await this.sendAll();
  }

  /** Send what waits. One tab at a time, so that two do not send the same. */
  async sendAll() {
    clearTimeout(this.timer);
    if (!navigator.locks) return this.sendEach();
    return navigator.locks.request("observer-outbox", { ifAvailable: true }, async (lock) => {
      if (lock) await this.sendEach();
      else this.later(FIRST_PAUSE_S);
    });
  }

  async sendEach() {
    let pause = 0;
    let arrived = 0;
    let left = 0;
    for (const record of await this.records()) {
      await this.onChange(record.id);
      const { receipt, pause: asked = 0 } = await sendOne(this.phone, record);
      if (receipt) this.onReceipt(receipt);
      if (receipt && !receipt.missing?.length) {
        this.unkept = this.unkept.filter((one) => one.id !== record.id);
        arrived += 1;
      } else {
        left += 1;
      }
      pause = Math.max(pause, asked);
    }
    await this.onChange(null);
    this.onRest(arrived);
    this.tries = left ? this.tries + 1 : 0;
    if (left) this.later(Math.max(pause, FIRST_PAUSE_S * 2 ** Math.min(this.tries - 1, 8)));
  }

  later(seconds) {
    const jitter = 1 + Math.random() / 4;
    const pause = Math.min(seconds, LONGEST_PAUSE_S) * jitter;
    this.timer = setTimeout(() => this.sendAll(), pause * 1000);
  }
}

/** Who the server says is signed in on this phone, and what follows from that. */
import * as installing from "./installing.js";
import { ask } from "./server.js";
import { wipe } from "./store.js";
import { askWho } from "./syncing.js";
import { registerPhone } from "./unlocking.js";

const WRONG_BY_MINUTES = 5;

/** How things stand, as the frame says it, by the reason why there is no answer. */
export const STATES = {
  noNetwork: "stateNoNetwork",
  signIn: "stateSignIn",
  otherPerson: "stateOther",
};

export class Session {
  /** What the server said last of who is signed in, or null. */
  who = null;

  constructor(app) {
    this.app = app;
  }

  /** What the server says now; whoever asks while an answer is on its way is given the same one. */
  fetch() {
    this.fetching ??= askWho().finally(() => {
      this.fetching = null;
    });
    return this.fetching;
  }

  /** `{csrf}` where the person whose phone is open is signed in, else `{reason}`. */
  async ask() {
    const answer = await this.fetch();
    await this.heard(answer);
    if (answer.reason) return { reason: answer.reason, pause: answer.pause };
    if (answer.json.person.id !== this.app.vault?.person) return { reason: "otherPerson" };
    return { csrf: answer.json.csrf };
  }

  /** Draw conclusions from what the server said. */
  async heard({ json, reason }) {
    const { app } = this;
    if (reason === "signIn" && (await this.isEnded())) return;
    const isOther = json?.person && app.vault && json.person.id !== app.vault.person;
    app.frame.setState(isOther ? "stateOther" : (STATES[reason] ?? null));
    if (!json?.person || isOther) return;
    this.who = json;
    this.checkClock(json.now);
    if (app.store && json.phone !== app.vault.phone) {
      const answer = await registerPhone(app.vault.phone, json.csrf);
      if (answer.status === 410) await this.wipeEnded();
    }
  }

  /** A phone's wrong clock is nothing to worry about, but to be known. */
  checkClock(now) {
    const minutes = Math.round((Date.now() - Date.parse(now)) / 60_000);
    if (Math.abs(minutes) >= WRONG_BY_MINUTES) {
      const values = { minutes: this.app.formats.number(minutes) };
      this.app.frame.notify("clock", { values });
    }
  }

  /** Whether the mission room has ended the use of this phone; then all on it is wiped. */
  async isEnded() {
    if (!this.app.vault) return false;
    const answer = await ask(`/api/v1/phones/${this.app.vault.phone}`);
    if (answer.status !== 410 || !answer.json) return false;
    await this.wipeEnded();
    return true;
  }

  async wipeEnded() {
    const { app } = this;
    const { person } = app.vault;
    await app.close();
    await installing.forgetKey();
    await wipe(person);
    app.vault = null;
    app.frame.showNotice(app.main, "ended");
  }
}

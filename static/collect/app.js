/** The application on the phone: who uses it, what is on the screen, and what goes on behind it. */
import { Formats } from "./formats.js";
import { Frame } from "./frame.js";
import * as installing from "./installing.js";
import { Parts, button, inLanguage } from "./parts.js";
import { STATES, Session } from "./session.js";
import { Store, keepVault, lastVault, vaultOf, wipe } from "./store.js";
import * as syncing from "./syncing.js";
import { applyTheme } from "./theme.js";
import { askPin, choosePin } from "./unlocking.js";

const LANGUAGE = "observer.language";
const ROUND = "observer.round";
const TIMEZONE = "observer.timezone";
const REDRAW_MS = 100;
const SYNC_AFTER_MS = 1_000;
const SYNC_PAUSE_MS = 60_000;
const RIGHT_TO_LEFT = ["ar"];

class App {
  vault = null;
  store = null;
  known = null;
  page = null;
  frame = new Frame(this);
  session = new Session(this);
  showing = Promise.resolve();
  sendingId = null;
  syncedAt = 0;
  isSyncing = false;

  async start() {
    applyTheme();
    // All that the phone is asked for, it is asked for at once: each answer takes its time.
    const found = this.find();
    const language = localStorage.getItem(LANGUAGE) ?? document.documentElement.lang;
    const kept = await syncing.textsKept(language);
    // What was kept is on the screen at once; what has come since, the next time.
    const fetched = syncing.fetchTexts(language);
    const texts = kept ?? (await fetched);
    if (!texts) {
      document.querySelector("[data-first]").hidden = false;
      return;
    }
    this.useTexts(texts);
    this.main = this.frame.draw();
    if (!window.isSecureContext || !crypto.subtle) {
      this.frame.showNotice(this.main, "notSecure");
      return;
    }
    whenLoaded(() => installing.register({ onUpdate: (apply) => this.offerUpdate(apply) }));
    installing.onSend(() => this.sender?.now());
    await this.recognise(found);
  }

  /** What only an unlocked phone needs: it comes while the PIN is being typed. */
  fetchRest() {
    this.fetchingRest ??= import("./pages.js");
    return this.fetchingRest;
  }

  useTexts(texts) {
    this.parts = new Parts(texts);
    this.language = texts.language;
    const root = document.documentElement;
    root.lang = texts.language;
    turn(RIGHT_TO_LEFT.includes(texts.language) ? "rtl" : "ltr");
    this.formats = new Formats(texts.language, localStorage.getItem(TIMEZONE) ?? undefined);
  }

  /** Speak another language; false where its texts are not on the phone and cannot be fetched. */
  async speak(language) {
    const texts = (await syncing.textsKept(language)) ?? (await syncing.fetchTexts(language));
    if (!texts) {
      this.frame.notify("languageNotReady");
      return false;
    }
    await this.page?.leave?.();
    this.page = null;
    localStorage.setItem(LANGUAGE, language);
    this.useTexts(texts);
    this.main = this.frame.draw();
    if (this.store) {
      await this.show();
      this.sync();
    } else {
      await this.recognise();
    }
    return true;
  }

  // Who is it?

  /** Whose phone this is as far as it knows itself, and their key if the worker still has it. */
  async find() {
    const person = signedInHere();
    const vault = (person ? await vaultOf(person) : await lastVault()) ?? null;
    return { vault, key: vault && (await installing.askKey(vault.person)) };
  }

  /** Find out whose phone this is, from the phone itself and from the server, and open it. */
  async recognise(found = this.find()) {
    const { vault, key } = await found;
    this.vault = vault;
    const asked = this.session.fetch();
    if (vault) {
      await this.unlock(vault, key);
      await this.session.heard(await asked);
      return;
    }
    this.main.replaceChildren(this.parts.part("start"));
    const answer = await asked;
    if (answer.json?.person) {
      await this.welcome(answer.json);
      return;
    }
    const isSignIn = answer.reason === "signIn";
    const sentences = { signIn: "stateSignIn", noNetwork: "firstOnline" };
    const sentence = sentences[answer.reason] ?? answer.reason;
    this.main.querySelector("[data-reason]").textContent = this.parts.say(sentence);
    this.main.querySelector("[data-sign-in]").hidden = !isSignIn;
    const again = this.main.querySelector("[data-again]");
    again.hidden = isSignIn;
    again.addEventListener("click", () => this.recognise());
  }

  /** Open the phone for who is signed in. */
  async welcome(who) {
    this.session.who = who;
    const vault = await vaultOf(who.person.id);
    if (vault) {
      await this.unlock(vault, await installing.askKey(vault.person));
    } else {
      choosePin(this, this.main, { opened: this.open });
      this.fetchRest();
    }
  }

  async unlock(vault, key) {
    if (key) return this.open(vault, key);
    const forgotten = () => this.forgotten(vault);
    this.fetchRest().then(() => this.formats.prepare());
    return askPin(this, this.main, { vault, opened: this.open, forgotten });
  }

  async forgotten(vault) {
    const answer = await this.session.fetch();
    if (answer.json?.person?.id === vault.person) {
      this.session.who = answer.json;
      choosePin(this, this.main, { vault, opened: this.open });
    } else {
      this.frame.notify("forgottenOffline");
    }
  }

  /** The phone is unlocked: show what was asked for, then see what is new. */
  open = async (vault, key) => {
    this.vault = vault;
    // A full phone does not take even this; it opens all the same, and waits for nothing.
    keepVault({ ...vault, openedAt: Date.now() }).catch(() => {});
    installing.keepKey(vault.person, key);
    this.store = new Store(vault.person, key, {
      changed: () => this.changed(),
      wiped: () => location.assign("/my"),
    });
    [this.rest, this.known] = await Promise.all([
      this.fetchRest(),
      syncing.lastKnown(this.store),
      this.store.takeOver(),
    ]);
    const isFirst = !this.known.me;
    if (isFirst) this.known.me = this.session.who;
    this.learn();
    this.sender = new this.rest.Sender(this, (id) => this.sends(id));
    navigator.storage?.persist?.();
    this.rest.warnOfStorage(this);
    // The first time there is nothing to show before it has come.
    if (isFirst) await this.sync();
    await this.show();
    if (isFirst && this.syncedAt) this.frame.notify("ready");
    // Whoever opens the app taps at once; what the server has for it draws the list anew.
    if (!isFirst) setTimeout(() => this.sync(), SYNC_AFTER_MS);
    this.sender.sendAll();
  };

  /** Use what is known of the mission. */
  learn() {
    const { me } = this.known;
    const { timezone } = me.mission;
    if (this.formats.timezone !== timezone) this.formats = new Formats(this.language, timezone);
    // Known before the phone is unlocked the next time, so that the formats can be ready by then.
    localStorage.setItem(TIMEZONE, timezone);
    this.visits ??= new this.rest.Visits(this.store, this.formats);
    this.visits.formats = this.formats;
    const chosen = localStorage.getItem(ROUND);
    this.round =
      me.rounds.find(({ code }) => code === chosen) ??
      me.rounds.find(({ current }) => current) ??
      me.rounds[0] ??
      null;
    const incident = document.querySelector("[data-incident]");
    incident.hidden = !this.known.forms.some(({ code }) => code === "incident");
  }

  chooseRound(code) {
    localStorage.setItem(ROUND, code);
    this.learn();
  }

  /** Forget the key: the PIN is asked for again. */
  async lock() {
    await this.close();
    await installing.forgetKey();
    location.assign("/my");
  }

  async close() {
    await this.page?.leave?.();
    this.page = null;
    this.sender?.stop();
    this.store?.close();
    this.store = null;
  }

  async signOut({ wiping }) {
    const { person } = this.vault;
    const session = await this.session.ask();
    await this.close();
    await installing.forgetKey();
    if (wiping) await wipe(person);
    if (session.csrf) {
      const body = new URLSearchParams({ csrf_token: session.csrf });
      await fetch("/sign-out", { method: "POST", body, redirect: "manual" }).catch(() => null);
    }
    location.assign("/sign-in?next=/my");
  }

  // What the mission has.

  /** Fetch what is new. */
  async sync() {
    if (this.isSyncing || !this.store) return;
    this.isSyncing = true;
    try {
      const session = await this.session.ask();
      if (!session.csrf || !this.store) return;
      const reason = await syncing.syncAll(
        this.store,
        this.session.who,
        this.language,
        (number, count) => this.frame.setState("stateFetching", { number, count }),
      );
      if (!this.store) return;
      this.syncedAt = Date.now();
      this.known = await syncing.lastKnown(this.store);
      this.learn();
      this.frame.setState(STATES[reason] ?? null);
      await this.page?.refresh?.();
    } finally {
      this.isSyncing = false;
    }
  }

  /** What was just kept is sent by itself; Background Sync helps where the page is left. */
  sendSoon() {
    installing.askForSync();
    this.sender.now();
  }

  // What is on the screen.

  /** Go to one of the pages. */
  async go(address, { replace = false } = {}) {
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    await this.show();
    this.main.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  show() {
    // One after the other: what is left must have been kept before it is read again.
    this.showing = this.showing.catch(() => {}).then(() => this.showNow());
    return this.showing;
  }

  async showNow() {
    if (!this.store) return;
    this.frame.closeMenu();
    this.frame.clearNotices();
    await this.page?.leave?.();
    this.page = null;
    this.main.replaceChildren();
    const { pathname, searchParams: query } = new URL(location.href);
    for (const [pattern, page] of this.rest.PAGES) {
      const found = pattern.exec(pathname);
      if (!found) continue;
      const names = Object.entries(found.groups ?? {});
      const parts = Object.fromEntries(names.map(([name, one]) => [name, decodeURIComponent(one)]));
      this.page = await page(this, this.main, { ...parts, query });
      return;
    }
    this.frame.showNotice(this.main, "noSuchRecord");
  }

  /** Something was written, here or in another tab. */
  changed() {
    this.redrawing ??= setTimeout(async () => {
      this.redrawing = null;
      await this.page?.refresh?.();
      this.frame.drawState();
    }, REDRAW_MS);
  }

  sends(id) {
    this.sendingId = id;
    this.changed();
  }

  offerUpdate(apply) {
    // Before anything is open nothing can be disturbed.
    if (!this.store) apply();
    else this.frame.notify("newVersion", { action: button(this.parts.say("update"), apply) });
  }

  // Names.

  formTitle(code) {
    const form = this.known.forms.find((one) => one.code === code);
    return form ? inLanguage(form.title, this.language) : this.parts.say("unknownForm");
  }

  /** A place's name and code, as far as it is known on this phone. */
  placeName(code) {
    if (!code) return "";
    const place = this.known.places.find((one) => one.code === code);
    const centre = this.known.places.find((one) => one.centre === code);
    const name = place?.name ?? centre?.centre_name;
    return name ? `${name} · ${code}` : code;
  }
}

/** Once everything on the page has come, so that the worker finds it and need not fetch it again. */
function whenLoaded(act) {
  if (document.readyState === "complete") act();
  else window.addEventListener("load", act, { once: true });
}

/** Have the page run in a direction, with the style sheet that is made for it. */
function turn(direction) {
  document.documentElement.dir = direction;
  const sheet = document.querySelector("link[data-sided]");
  const wanted = sheet.href.replace(
    /(\.rtl)?\.min\.css$/,
    direction === "rtl" ? ".rtl.min.css" : ".min.css",
  );
  if (sheet.href !== wanted) sheet.href = wanted;
}

/** Whom the server has signed in here: it says so in a cookie for these pages, network or not. */
function signedInHere() {
  const found = /(?:^|; )observer_person=(\d+)/.exec(document.cookie);
  return found ? Number(found[1]) : null;
}

const app = new App();
window.addEventListener("error", () => app.frame.rescue());
window.addEventListener("unhandledrejection", () => app.frame.rescue());
window.addEventListener("popstate", () => app.show());
window.addEventListener("online", () => app.sync());
window.addEventListener("offline", () => app.frame.drawState());
document.addEventListener("visibilitychange", () => {
  const isOld = Date.now() - app.syncedAt > SYNC_PAUSE_MS;
  if (document.visibilityState === "visible" && isOld) app.sync();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !isPlain || event.defaultPrevented || link.target) return;
  const { pathname, origin } = new URL(link.href);
  if (origin !== location.origin || !/^\/my(\/|$)/.test(pathname)) return;
  if (link.getAttribute("href").startsWith("#")) return;
  if (!app.store) return;
  event.preventDefault();
  app.go(link.href);
});
app.start();

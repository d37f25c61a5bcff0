/** What stands around every page of the application: its head and menu, and what it says. */
import { button, make } from "./parts.js";
import { unsentOf } from "./store.js";

/** The sentences about the state of things after which signing in helps. */
const SIGNED_OUT = ["stateSignIn", "stateOther"];

export class Frame {
  constructor(app) {
    this.app = app;
    this.state = null;
  }

  /** Draw it anew in the language of the app; gives the element that the pages are put into. */
  draw() {
    document.body.replaceChildren(this.app.parts.part("frame"));
    const { menu, opener } = this;
    opener.addEventListener("click", async () => {
      const { drawMenu } = await this.app.fetchRest();
      menu.hidden = !menu.hidden;
      opener.setAttribute("aria-expanded", String(!menu.hidden));
      if (!menu.hidden) drawMenu(this.app, menu);
    });
    this.drawState();
    return document.getElementById("content");
  }

  get menu() {
    return document.getElementById("menu");
  }

  get opener() {
    return document.querySelector("[data-menu]");
  }

  get notices() {
    return document.querySelector("[data-notices]");
  }

  closeMenu() {
    this.menu.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
  }

  /** Say how things stand, by the name of a sentence; null where all is well. */
  setState(sentence, values = {}) {
    this.state = sentence && { sentence, values };
    this.drawState();
  }

  /** The line below the head: no network, what is fetched, how much waits. */
  async drawState() {
    const { parts, store } = this.app;
    const waiting = store ? (await unsentOf(store)).length : 0;
    const line = document.querySelector("[data-state]");
    const state = navigator.onLine ? this.state : { sentence: "stateNoNetwork" };
    const words = [
      state && parts.say(state.sentence, state.values),
      waiting ? parts.say("stateWaiting", { count: waiting }) : null,
    ].filter(Boolean);
    line.hidden = words.length === 0;
    line.replaceChildren(words.join(" "));
    if (SIGNED_OUT.includes(state?.sentence)) {
      line.append(" ", make("a", { href: "/sign-in?next=/my" }, parts.say("signInAgain")));
    }
  }

  /** Say something in passing; it stays until it is closed or another page is opened. */
  notify(sentence, { values = {}, action = null } = {}) {
    const { parts } = this.app;
    if ([...this.notices.children].some((one) => one.dataset.sentence === sentence)) return;
    const attributes = { type: "button", class: "btn-close", "aria-label": parts.say("close") };
    const close = make("button", attributes);
    const notice = make(
      "div",
      { class: "alert alert-info app-notice", role: "status", "data-sentence": sentence },
      make("span", {}, parts.say(sentence, values)),
      action,
      close,
    );
    close.addEventListener("click", () => notice.remove());
    this.notices.append(notice);
  }

  /** Take away what was said in passing on the page before. */
  clearNotices() {
    for (const one of [...this.notices.children]) {
      if (one.dataset.sentence !== "newVersion") one.remove();
    }
  }

  /** Say one thing on an otherwise empty page. */
  showNotice(root, sentence) {
    const { parts } = this.app;
    const home = make("a", { class: "btn btn-primary", href: "/my" }, parts.say("toForms"));
    root.replaceChildren(make("p", { class: "empty" }, parts.say(sentence)), home);
    return null;
  }

  /** Ask a question with these answers, `[value, words, look]`; gives the value chosen, or "". */
  choose(title, text, answers) {
    const dialog = this.app.parts.part("dialog").querySelector("dialog");
    dialog.querySelector("[data-title]").textContent = title;
    dialog.querySelector("[data-text]").textContent = text;
    const buttons = answers.map(([value, words, look]) =>
      make("button", { value, class: `btn ${look}` }, words),
    );
    dialog.querySelector("[data-buttons]").append(...buttons);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue);
      });
    });
  }

  /** Ask whether something that destroys is meant. */
  async confirm({ title, text, yes }) {
    const { parts } = this.app;
    const answers = [
      ["yes", parts.say(yes), "btn-danger"],
      ["", parts.say("cancel"), "btn-outline-secondary"],
    ];
    return (await this.choose(parts.say(title), parts.say(text), answers)) === "yes";
  }

  /** Something in these pages failed: nothing is lost, and it can be taken away as a file. */
  rescue() {
    const { parts, rest, store, vault } = this.app;
    if (!parts || document.querySelector(".rescue")) return;
    const save = button(parts.say("saveFile"), () => rest.saveAsFile(store, vault.about.email));
    const reload = button(parts.say("reload"), () => location.reload(), "btn-primary");
    this.notices.append(
      make(
        "div",
        { class: "alert alert-danger rescue", role: "alert" },
        make("p", {}, parts.say("goWrong")),
        make("div", { class: "actions" }, reload, store ? save : null),
      ),
    );
  }
}

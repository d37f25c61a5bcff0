// Saving without leaving the page: what others saved meanwhile is put into the text, and what
// both have changed is settled here.

import { replaceText } from "./cursor.js";
import { forgetDraft, keepDraft } from "./keeping.js";

const TITLES = ["title", "subtitle", "dated"];

const conflict = document.getElementById("conflict");
const changedLine = document.getElementById("statement-changed");
const newer = document.getElementById("newer");

/** Whether the script is answered; whoever is not signed in is shown a page. */
function isJson(response) {
  return response.headers.get("Content-Type")?.startsWith("application/json");
}

/** Put the token of a new session into every form of the page; false where there is none. */
async function renewToken(form) {
  const page = await (await fetch(form.action)).text();
  const found = new DOMParser().parseFromString(page, "text/html").querySelector("#statement [name=csrf_token]");
  if (!found) return false;
  for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = found.value;
  return true;
}

/** `saved` is called when a text was saved. */
export function startSaving({ form, text, say, refresh, saved }) {
  const fields = form.elements;
  let unsaved = "unsaved" in form.dataset;
  // The text that the one in the box was made from, where no number stands for it.
  let base = null;
  let running = null;
  let again = false;
  // Why the last saving came to nothing.
  let trouble = "";

  function draft() {
    const titles = Object.fromEntries(TITLES.map((name) => [name, fields[name].value]));
    return { edit: fields.edit.value, base, text: text.value, ...titles };
  }

  function changed() {
    unsaved = true;
    sayState();
  }

  /** Say that something is not saved, and what keeps it from being. */
  function sayState() {
    if (unsaved) say(trouble || "unsaved");
  }

  function fail(why) {
    trouble = why;
    say(why);
    return false;
  }

  function takeUp(kept) {
    for (const name of ["edit", ...TITLES]) fields[name].value = kept[name];
    replaceText(text, kept.text);
    base = kept.base ?? null;
    changed();
  }

  /** Save; true where nothing is left to be saved. */
  async function save() {
    if (running) {
      again = true;
      return running;
    }
    running = send();
    const done = await running;
    running = null;
    if (!again) return done;
    again = false;
    return save();
  }

  /** Post what is in the form; what comes back, or the word for why nothing did. */
  async function post() {
    const body = new FormData(form);
    if (base !== null) body.set("base", base);
    const response = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "application/json" },
    });
    if (isJson(response)) return response.json();
    return response.status >= 500 ? "unreachable" : "refused";
  }

  async function send() {
    const sent = draft();
    say("saving");
    let answer;
    try {
      answer = await post();
      // Who had to sign in again has another token in their pages.
      if (answer === "refused" && (await renewToken(form))) answer = await post();
      if (typeof answer === "string") return fail(answer);
    } catch {
      return fail("unreachable");
    }
    trouble = "";
    if (answer.conflict) {
      // What was typed meanwhile belongs to what is to be settled.
      if (text.value !== sent.text) again = true;
      else settle(answer);
    } else if (answer.edit) {
      return accept(sent, answer);
    } else {
      return fail(answer.said);
    }
    return false;
  }

  function accept(sent, answer) {
    const typedOn = text.value !== sent.text;
    closeConflict();
    fields.edit.value = answer.edit;
    base = null;
    for (const name of TITLES) if (fields[name].value === sent[name]) fields[name].value = answer[name];
    if (answer.text !== sent.text) {
      if (typedOn) {
        // What was typed since goes on from what was sent, not from what came of it.
        base = sent.text;
        again = true;
      } else {
        replaceText(text, answer.text);
      }
    }
    changedLine.innerHTML = answer.changed;
    newer.textContent = "";
    unsaved = typedOn;
    if (unsaved) keepDraft(draft());
    else forgetDraft();
    say(unsaved ? "unsaved" : answer.said);
    refresh();
    saved();
    return !unsaved;
  }

  function settle(answer) {
    if (String(answer.edit) !== fields.edit.value) base = null;
    fields.edit.value = answer.edit;
    fields.against.value = answer.against;
    fields.against.disabled = false;
    if (text.value !== answer.text) replaceText(text, answer.text);
    conflict.innerHTML = answer.conflict;
    keepDraft(draft());
    openConflict();
    say("unsaved");
    conflict.querySelector("h2").focus();
    conflict.scrollIntoView({ block: "start" });
  }

  /** While something is to be settled, the text it is about stays as it is. */
  function openConflict() {
    newer.textContent = "";
    text.readOnly = true;
    for (const button of conflict.querySelectorAll("button[hidden]")) button.hidden = false;
  }

  function closeConflict() {
    if (!conflict.childElementCount) return;
    conflict.replaceChildren();
    document.querySelector(".editor-head").scrollIntoView({ block: "nearest" });
    fields.against.value = "";
    fields.against.disabled = true;
    text.readOnly = false;
  }

  conflict.addEventListener("click", (event) => {
    const taken = event.target.closest("[data-take]");
    if (taken) {
      const box = taken.closest(".conflict-part").querySelector("textarea");
      box.value = taken.dataset.take;
      box.focus();
    } else if (event.target.closest("#conflict-later")) {
      closeConflict();
      text.focus();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  if (conflict.childElementCount) openConflict();

  return { save, changed, draft, takeUp, sayState, isUnsaved: () => unsaved };
}

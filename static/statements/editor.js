// The editor of a statement: a preview that follows the typing, lines to jump to, tabs on the phone.

import { goToLine, selectPassage } from "./cursor.js";
import { keepDraft, offerKept } from "./keeping.js";
import { countPages } from "./pages.js";
import { startOutline } from "./outline.js";
import { startPresence } from "./presence.js";
import { startSaving } from "./saving.js";
import { startTabs } from "./tabs.js";

const PAUSE_MS = 300;

const form = document.getElementById("statement");
const text = document.getElementById("statement-text");
const preview = document.getElementById("preview");
const checks = document.getElementById("checks");
const state = document.getElementById("editor-state");
const newer = document.getElementById("newer");
const views = document.querySelector(".editor-views");
const tabs = [...document.querySelectorAll(".editor-tabs [role=tab]")];
const checksTab = document.getElementById("tab-checks");

let waiting;
let running;

/** Say how things stand: one of the page's own words, or a sentence from the server. */
function say(word) {
  state.textContent = word ? state.dataset[word] ?? word : "";
}

/** Show what was checked anew; what somebody opened or closed in it stays so. */
function showChecks(html) {
  const folded = new Map([...checks.querySelectorAll("details[data-kind]")].map((each) => [each.dataset.kind, each.open]));
  checks.innerHTML = html;
  for (const each of checks.querySelectorAll("details[data-kind]")) each.open = folded.get(each.dataset.kind) ?? each.open;
}

async function refresh() {
  running?.abort();
  running = new AbortController();
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("edit", form.elements.edit.value);
  body.set("text", text.value);
  body.set("section", outline.current());
  try {
    const answer = await fetch(form.dataset.preview, {
      method: "POST", body, signal: running.signal, headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const rendered = await answer.json();
    // A text that cannot be read at all leaves the last good preview in its place.
    if (rendered.preview || !rendered.problems) preview.innerHTML = rendered.preview;
    showChecks(rendered.checks);
    // On the phone the problems are behind this tab: it says how many there are.
    if (rendered.problems) checksTab.dataset.problems = rendered.problems;
    else delete checksTab.dataset.problems;
    if (rendered.outline !== undefined) outline.show(rendered.outline);
    presence.show(rendered.present);
    // Who only reads, or is settling something, is not told what saving would do.
    newer.textContent = text.readOnly ? "" : rendered.newer;
    if (saving.isUnsaved()) saving.sayState();
    else if (state.textContent === state.dataset.offline) say("");
  } catch (error) {
    if (error.name === "AbortError") return;
    say("offline");
    saving.sayState();
  }
}

function refreshSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, PAUSE_MS);
}

const show = startTabs(tabs, (tab) => {
  views.dataset.view = tab.id.replace("tab-", "");
});

function follow(event) {
  const link = event.target.closest("a[data-line], a[data-start]");
  if (!link) return;
  event.preventDefault();
  show(tabs[0]);
  if (link.dataset.line) goToLine(text, Number(link.dataset.line));
  else selectPassage(text, Number(link.dataset.start), Number(link.dataset.end));
}

const saving = startSaving({ form, text, say, refresh, saved: countPages });
const outline = startOutline({ text, refresh, show: () => show(tabs[0]), saving });

for (const control of form.elements) {
  control.addEventListener("input", () => {
    saving.changed();
    keepDraft(saving.draft());
    refreshSoon();
  });
}
checks.addEventListener("click", follow);
document.getElementById("outline").addEventListener("click", follow);
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s" && document.getElementById("statement-save")) {
    event.preventDefault();
    form.requestSubmit();
  }
});
addEventListener("beforeunload", (event) => {
  if (saving.isUnsaved()) event.preventDefault();
});
const presence = startPresence({ form, outline });
countPages();
if (saving.isUnsaved()) saving.sayState();
else offerKept(form, (kept) => {
  saving.takeUp(kept);
  refresh();
});

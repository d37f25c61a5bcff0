// The editor of a statement: a preview that follows the typing, lines to jump to, tabs on the phone.

const PAUSE_MS = 300;

const form = document.getElementById("statement");
const text = document.getElementById("statement-text");
const preview = document.getElementById("preview");
const checks = document.getElementById("checks");
const state = document.getElementById("editor-state");
const views = form.querySelector(".editor-views");
const tabs = [...form.querySelectorAll("[role=tab]")];
const checksTab = document.getElementById("tab-checks");

let unsaved = "unsaved" in form.dataset;
let waiting;
let running;

function say(word) {
  state.textContent = word ? state.dataset[word] : "";
}

async function refresh() {
  running?.abort();
  running = new AbortController();
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("text", text.value);
  try {
    const answer = await fetch(form.dataset.preview, {
      method: "POST", body, signal: running.signal, headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const rendered = await answer.json();
    // A text that cannot be read at all leaves the last good preview in its place.
    if (rendered.preview || !rendered.problems) preview.innerHTML = rendered.preview;
    checks.innerHTML = rendered.checks;
    // On the phone the problems are behind this tab: it says how many there are.
    if (rendered.problems) checksTab.dataset.problems = rendered.problems;
    else delete checksTab.dataset.problems;
    say(unsaved ? "unsaved" : "saved");
  } catch (error) {
    if (error.name !== "AbortError") say("offline");
  }
}

function changed() {
  unsaved = true;
  say("unsaved");
  clearTimeout(waiting);
  waiting = setTimeout(refresh, PAUSE_MS);
}

function show(tab) {
  for (const other of tabs) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
  views.dataset.view = tab.id.replace("tab-", "");
}

function goToLine(line) {
  show(tabs[0]);
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  const height = text.scrollHeight / Math.max(lines.length, 1);
  text.scrollTop = Math.max(0, (line - 4) * height);
}

form.addEventListener("input", changed);
form.addEventListener("submit", () => { unsaved = false; });
checks.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  goToLine(Number(link.dataset.line));
});
for (const [place, tab] of tabs.entries()) {
  tab.addEventListener("click", () => show(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(place + step + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
}
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s" && !text.readOnly) {
    event.preventDefault();
    form.requestSubmit();
  }
});
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
if (unsaved) say("unsaved");

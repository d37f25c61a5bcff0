// The panel beside the editor: finds figures and evidence, and puts them where the cursor is.

import { startTabs } from "./tabs.js";

const PAUSE_MS = 200;

const text = document.getElementById("statement-text");
const panel = document.getElementById("insert");
const opener = document.getElementById("insert-open");
const search = document.getElementById("insert-search");
const found = document.getElementById("insert-found");
const evidence = document.getElementById("insert-evidence");
const state = panel.querySelector(".insert-state");
const tabs = [...panel.querySelectorAll("[role=tab]")];

function say(word) {
  state.textContent = word ? state.dataset[word] : "";
}

// Asks for one list. What was asked before is dropped, whenever its answer arrives.
function asker() {
  let waiting;
  let running;

  function drop() {
    clearTimeout(waiting);
    running?.abort();
    running = undefined;
  }

  return {
    drop,
    isRunning: () => running !== undefined,
    later(action) {
      clearTimeout(waiting);
      waiting = setTimeout(action, PAUSE_MS);
    },
    // The answer; null where it failed, and undefined where something else was asked since.
    async ask(address) {
      drop();
      const mine = new AbortController();
      running = mine;
      let answer = null;
      try {
        const response = await fetch(address, { signal: mine.signal });
        // Whoever was signed out is sent to another page.
        if (response.ok && !response.redirected) answer = await response.text();
      } catch {
        // No network, or dropped.
      }
      if (running !== mine) return undefined;
      running = undefined;
      say(answer === null ? "failed" : "");
      return answer;
    },
  };
}

const figures = asker();
const reports = asker();
// Whether the list answers the query as it stands: only then can anything of it be inserted.
let isAnswered = false;
// Enter was pressed before the answer was there.
let isEnterWaiting = false;

// Puts words at a place of the text, so that the editor notices and Ctrl+Z takes them back.
function put(words, start, end) {
  text.focus();
  text.setSelectionRange(start, end);
  // Browsers undo what was "typed" alone; where they cannot type, the text is changed all the same.
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function insert(words) {
  if (text.readOnly) return;
  put(words, text.selectionStart, text.selectionEnd);
  say("inserted");
}

function cite(words) {
  if (text.readOnly) return;
  const [start, end] = [text.selectionStart, text.selectionEnd];
  const known = text.value.split("\n").find((line) => line.endsWith(`]: ${words}`));
  let label = known && /^\[\^([^\]\s]+)\]/.exec(known)?.[1];
  if (!label) {
    for (let number = 1; !label; number += 1) {
      if (!text.value.includes(`[^${number}]`)) label = String(number);
    }
    // Empty lines at the end give way, but not those that the cursor stands in.
    const body = text.value.slice(0, Math.max(text.value.replace(/\n+$/, "").length, end));
    const last = body.slice(body.lastIndexOf("\n") + 1);
    const gap = /^\[\^[^\]\s]+\]:/.test(last) ? "\n" : "\n\n";
    put(`${gap}[^${label}]: ${words}\n`, body.length, text.value.length);
  }
  put(`[^${label}]`, Math.min(start, text.value.length), Math.min(end, text.value.length));
  say("cited");
}

function options() {
  return [...found.querySelectorAll("[role=option]")];
}

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) {
    search.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else search.removeAttribute("aria-activedescendant");
}

function chosen() {
  return found.querySelector("[role=option][aria-selected=true]");
}

// The query is another one from here on.
function outdate() {
  figures.drop();
  isAnswered = false;
  isEnterWaiting = false;
  found.setAttribute("aria-busy", "true");
  choose(undefined);
  say("");
}

async function find() {
  outdate();
  const query = search.value;
  const answer = await figures.ask(`${panel.dataset.figures}?${new URLSearchParams({ q: query })}`);
  if (answer === undefined) return;
  isAnswered = answer !== null;
  found.innerHTML = answer ?? "";
  found.scrollTop = 0;
  found.removeAttribute("aria-busy");
  choose(query.trim() ? options()[0] : undefined);
  if (!isEnterWaiting) return;
  isEnterWaiting = false;
  insertChosen();
}

function insertChosen() {
  const option = chosen();
  if (option) insert(option.dataset.insert);
}

async function findEvidence() {
  const asked = [...evidence.querySelectorAll("[name]")].map((field) => [field.name, field.value]);
  const answer = await reports.ask(`${panel.dataset.evidence}?${new URLSearchParams(asked)}`);
  if (!answer) return;
  const list = evidence.querySelector("#evidence-found");
  if (!list) evidence.innerHTML = answer;
  // The fields stay: somebody is typing in them.
  else list.replaceWith(new DOMParser().parseFromString(answer, "text/html").getElementById("evidence-found"));
}

const show = startTabs(tabs, (tab) => {
  for (const other of tabs) {
    document.getElementById(other.getAttribute("aria-controls")).hidden = other !== tab;
  }
  if (tab === tabs[1]) findEvidence();
});

function open() {
  if (panel.hidden) search.value = "";
  panel.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  show(tabs[0]);
  search.focus();
  search.select();
  find();
}

function close() {
  outdate();
  panel.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  text.focus();
}

panel.toggleAttribute("data-read-only", text.readOnly);
opener.addEventListener("click", open);
document.getElementById("insert-close").addEventListener("click", close);
search.addEventListener("input", () => {
  outdate();
  figures.later(find);
});
// Whoever goes elsewhere is not surprised there by what Enter was pressed for.
search.addEventListener("blur", () => {
  if (isEnterWaiting) say("");
  isEnterWaiting = false;
});
search.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const there = options();
  if (step && isAnswered && there.length) {
    event.preventDefault();
    const at = there.indexOf(chosen());
    choose(there[at < 0 && step < 0 ? there.length - 1 : (at + step + there.length) % there.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (isAnswered) insertChosen();
    else {
      if (!figures.isRunning()) find();
      isEnterWaiting = true;
      say("searching");
    }
  }
});
found.addEventListener("click", (event) => {
  const kind = event.target.closest("[data-search]");
  const option = event.target.closest("[data-insert]");
  if (kind) {
    search.value = kind.dataset.search;
    search.focus();
    find();
  } else if (option && isAnswered && getSelection().isCollapsed) {
    choose(option);
    insert(option.dataset.insert);
  }
});
evidence.addEventListener("input", () => reports.later(findEvidence));
evidence.addEventListener("click", (event) => {
  const button = event.target.closest("[data-cite]");
  if (button) cite(button.dataset.cite);
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (panel.hidden || !panel.contains(document.activeElement)) open();
    else close();
  } else if (event.key === "Escape" && !panel.hidden) close();
});

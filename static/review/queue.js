/**
 * Working through the queue by keys. A key presses the button or opens the link that has it as
 * `data-key`: of the chosen row on the page of the queue, of the whole page elsewhere.
 */

const PLACE = "observer.queue.row";
const rows = [...document.querySelectorAll("[data-row]")];
const wordsDialog = document.querySelector("#words-dialog");
const keysDialog = document.querySelector("#keys-dialog");
let chosen = null;

function choose(row, { focus = true } = {}) {
  chosen?.classList.remove("chosen");
  chosen = row ?? null;
  if (!chosen) return;
  chosen.classList.add("chosen");
  if (focus) chosen.focus({ preventScroll: true });
  chosen.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const next = chosen ? rows.indexOf(chosen) + by : 0;
  choose(rows[Math.min(Math.max(next, 0), rows.length - 1)]);
}

/** Ask for the words that a step needs, and take it with them. */
function askWords({ action, name, title, label, send, seen, words = "" }) {
  const form = wordsDialog.querySelector("form");
  const area = wordsDialog.querySelector("textarea");
  form.action = action;
  form.elements.seen.value = seen;
  area.name = name;
  area.value = words;
  wordsDialog.querySelector("h2").textContent = title;
  wordsDialog.querySelector("[data-label]").textContent = label;
  wordsDialog.querySelector("[data-send]").textContent = send;
  wordsDialog.showModal();
  area.focus();
}

/** What a button of a form with a field for words would send, for the dialog to ask for. */
function wordsOf(button) {
  const { form } = button;
  const area = form.querySelector("textarea");
  return {
    action: button.formAction,
    name: area.name,
    title: button.dataset.title,
    label: form.querySelector(`label[for="${area.id}"]`).textContent,
    send: button.firstChild.textContent.trim(),
    seen: form.elements.seen.value,
    words: area.value,
  };
}

function press(key) {
  const within = chosen ?? document;
  const name = CSS.escape(key);
  const found =
    within.querySelector(`[data-key="${name}"]`) ??
    // What was done last is undone from anywhere.
    (key === "u" ? document.querySelector('[data-key="u"]') : null);
  if (!found) return false;
  if (found.dataset.title && found.form && !found.form.querySelector("textarea").value.trim()) {
    askWords(wordsOf(found));
  } else {
    found.click();
  }
  return true;
}

const isWriting = (element) =>
  Boolean(element.closest("input, textarea, select, [contenteditable]"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isWriting(event.target) || document.querySelector("dialog[open]")) return;
  // A button or a link that has the focus does with Enter what it always does.
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  let isOurs = true;
  if (event.key === "?") keysDialog.showModal();
  else if (rows.length && event.key === "j") move(1);
  else if (rows.length && event.key === "k") move(-1);
  else isOurs = (!rows.length || chosen || event.key === "u") && press(event.key);
  if (isOurs) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-action]");
  if (link) {
    event.preventDefault();
    askWords(link.dataset);
  }
  if (event.target.closest("[data-close]")) wordsDialog.close();
  if (event.target.closest("[data-keys]")) keysDialog.showModal();
});

for (const row of rows) row.addEventListener("focusin", () => choose(row, { focus: false }));

// The row after the one that was done with stands where that one stood.
document.addEventListener("submit", () => {
  if (chosen) sessionStorage.setItem(PLACE, rows.indexOf(chosen));
});
const place = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (place !== null && rows.length) choose(rows[Math.min(Number(place), rows.length - 1)]);
for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;

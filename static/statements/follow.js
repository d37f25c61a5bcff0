// The preview keeps to the paragraph of the cursor, and a click in it moves the cursor there.

import { depth, startOfLine } from "./cursor.js";

const text = document.getElementById("statement-text");
const preview = document.getElementById("preview");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let at = null; // the line of the block that is shown as the cursor's
let held = false; // whether somebody is reading elsewhere in the preview
let asked; // the frame in which the cursor is looked for

function cursorLine() {
  return text.value.slice(0, text.selectionStart).split("\n").length;
}

// The innermost block that begins last before a line.
function blockOf(line) {
  let best = null;
  for (const block of preview.querySelectorAll("[data-line]")) {
    const begins = Number(block.dataset.line);
    if (begins <= line && (!best || begins >= Number(best.dataset.line))) best = block;
  }
  return best;
}

// On the phone the page scrolls, and text and preview are never seen together.
function scrollsItself() {
  return getComputedStyle(preview).position === "absolute";
}

function bring(block, behavior) {
  const [frame, box] = [preview.getBoundingClientRect(), block.getBoundingClientRect()];
  const visible = box.top >= frame.top + 16 && box.bottom <= frame.bottom - 16;
  if (visible) return;
  preview.scrollTo({ top: preview.scrollTop + box.top - frame.top - frame.height / 4, behavior });
}

function follow(behavior = calm.matches ? "auto" : "smooth") {
  const block = blockOf(cursorLine());
  const line = block?.dataset.line ?? null;
  // Whoever scrolls away is left alone until the cursor comes to another paragraph.
  if (line !== at) held = false;
  at = line;
  for (const other of preview.querySelectorAll(".at-cursor")) other.classList.remove("at-cursor");
  if (!block) return;
  block.classList.add("at-cursor");
  if (!held && scrollsItself()) bring(block, behavior);
}

// Once for all that moves the cursor within a frame: only where it ends up matters.
function followSoon() {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(() => follow());
}

function moveCursor(line) {
  if (!text.offsetParent) document.getElementById("tab-text")?.click();
  const start = startOfLine(text, line);
  text.focus({ preventScroll: scrollsItself() });
  text.setSelectionRange(start, start);
  text.scrollTop = Math.max(0, depth(text, start) - text.clientHeight / 3);
}

for (const name of ["input", "keyup", "click", "focus"]) text.addEventListener(name, followSoon);
for (const name of ["wheel", "touchmove", "pointerdown"]) {
  preview.addEventListener(name, () => { held = true; }, { passive: true });
}
preview.addEventListener("keydown", (event) => {
  if (/^(Arrow|Page|Home|End| )/.test(event.key)) held = true;
});
preview.addEventListener("click", (event) => {
  const block = event.target.closest("[data-line]");
  if (!block || event.target.closest("a") || !getSelection().isCollapsed) return;
  at = block.dataset.line;
  held = true;
  moveCursor(Number(block.dataset.line));
});
document.getElementById("tab-preview")?.addEventListener("click", () => {
  follow("auto");
  if (!scrollsItself()) preview.querySelector(".at-cursor")?.scrollIntoView({ block: "center" });
});
// A new rendering is new paragraphs: the cursor's is marked, and stays where it was seen.
new MutationObserver(() => follow("auto")).observe(preview, { childList: true });

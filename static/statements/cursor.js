// Where the cursor stands in the text, and keeping it there when the text is replaced.

const CONTEXT = 40;

/** How far down in the box a place of its text is, in pixels; long lines are wrapped there. */
export function depth(text, place) {
  const mirror = document.createElement("textarea");
  const style = getComputedStyle(text);
  const width = text.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  mirror.className = "text-mirror";
  Object.assign(mirror.style, { width: `${width}px`, font: style.font, letterSpacing: style.letterSpacing });
  mirror.value = text.value.slice(0, place);
  text.after(mirror);
  const found = mirror.scrollHeight;
  mirror.remove();
  return found;
}

/** Where a line of the text begins; lines are counted from 1. */
export function startOfLine(text, line) {
  return text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
}

/** Select a line of the text and bring it into sight. */
export function goToLine(text, line) {
  const start = startOfLine(text, line);
  select(text, start, start + (text.value.split("\n")[line - 1] ?? "").length);
}

/** Select a passage and bring it into sight. */
export function selectPassage(text, start, end) {
  select(text, start, end);
}

function select(text, start, end) {
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, end);
  text.scrollTop = Math.max(0, depth(text, start) - text.clientHeight / 4);
  text.scrollIntoView({ block: "nearest" });
}

/** Put another text into the box; the cursor stays at the words where it stood. */
export function replaceText(text, value) {
  const places = [text.selectionStart, text.selectionEnd];
  const [start, end] = places.map((place) => moved(text.value, value, place));
  const height = depth(text, places[0]) - text.scrollTop;
  text.value = value;
  text.setSelectionRange(start, Math.max(start, end));
  text.scrollTop = depth(text, start) - height;
}

/** The place in a new text of what stood at a place of the old one. */
function moved(old, value, place) {
  const most = Math.min(old.length, value.length);
  let start = 0;
  while (start < most && old[start] === value[start]) start += 1;
  if (place <= start) return place;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === value[value.length - 1 - end]) end += 1;
  if (place >= old.length - end) return value.length - (old.length - place);
  // Changed on both sides of it: it stands behind the same words as before.
  for (let size = CONTEXT; size >= 4; size = Math.floor(size / 2)) {
    const found = nearest(value, old.slice(Math.max(0, place - size), place), place);
    if (found >= 0) return found + Math.min(size, place);
  }
  return Math.min(place, value.length);
}

/** Where words stand nearest to a place; -1 where they stand nowhere. */
function nearest(value, words, place) {
  const before = value.lastIndexOf(words, place);
  const behind = value.indexOf(words, place);
  if (before < 0 || behind < 0) return Math.max(before, behind);
  return place - before <= behind - place ? before : behind;
}

/** Questions that come and go elsewhere on the page do not move the one under the thumb. */

/** Change the page and keep a control where it is on the screen; `step` is the part it is in. */
export function keepingStill(control, step, change) {
  if (!control?.isConnected || control.closest("[hidden]")) {
    change();
    return;
  }
  const before = control.getBoundingClientRect().top;
  const moved = () => control.getBoundingClientRect().top - before;
  change();
  if (!control.isConnected || control.closest("[hidden]")) return;
  scrollBy(moved());
  const missing = moved();
  if (Math.abs(missing) < 1) return;
  // The page became too short to be scrolled so far: room is left at its end, or its beginning.
  const side = missing > 0 ? "paddingBlockEnd" : "paddingBlockStart";
  const room = parseFloat(getComputedStyle(step)[side]) || 0;
  step.style[side] = `${room + Math.abs(missing)}px`;
  scrollBy(moved());
}

/** Take back the room that was left in a step. */
export function closeRoom(step) {
  step.style.paddingBlock = "";
}

const scrollBy = (top) => window.scrollBy({ top, behavior: "instant" });

// Tabs: one is chosen, by a click or with the arrow keys; what it shows is the caller's.

/** Have tabs answer to mouse and keys; gives what chooses one, which calls `shown` with it. */
export function startTabs(tabs, shown) {
  function show(tab) {
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
    shown(tab);
  }
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
  return show;
}

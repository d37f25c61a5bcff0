/** Buttons that copy the text beside them, where the browser lets a page do so. */
const SHOWN_MS = 2_000;

function offer() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const label = button.textContent;
  await navigator.clipboard.writeText(button.closest("[data-copied], td").querySelector("textarea, input").value);
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = label), SHOWN_MS);
});

if (navigator.clipboard) {
  offer();
  // Rows that came while the page was open have buttons, too.
  new MutationObserver(offer).observe(document.querySelector("main"), {
    childList: true,
    subtree: true,
  });
}

// Says when the PDF has more pages than papers of its kind have: printing takes longer than the page.

const note = document.getElementById("pages");
let running;

/** Ask how many pages the saved text has, where its kind has a limit, and say so. */
export async function countPages() {
  if (!note) return;
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(note.dataset.pages, {
      signal: running.signal, headers: { Accept: "application/json" },
    });
    if (!answer.ok) return;
    const { said } = await answer.json();
    note.textContent = said;
    note.hidden = !said;
  } catch {
    // Not known, then: the PDF itself has them.
  }
}

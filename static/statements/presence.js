// Who else has the statement open: told to the server as one writes and now and then, and shown.

const EVERY_MS = 30_000;

const line = document.getElementById("present");
const list = document.getElementById("outline");

export function startPresence({ form, outline }) {
  let known = { said: "", places: [] };

  /** Name the others at their sections in the outline. */
  function mark() {
    for (const mark of list.querySelectorAll(".outline-present")) mark.remove();
    for (const { key, said } of known.places) {
      const entry = key && list.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!entry) continue;
      const mark = document.createElement("p");
      mark.className = "outline-present";
      mark.textContent = said;
      entry.querySelector(".outline-title").after(mark);
    }
  }

  function show(present) {
    if (!present) return;
    known = present;
    // What is said again is not read out again.
    if (line.textContent !== known.said) line.textContent = known.said;
    mark();
  }

  async function tell() {
    if (document.hidden) return;
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("section", outline.current());
    try {
      const answer = await fetch(line.dataset.present, {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      if (answer.ok) show((await answer.json()).present);
    } catch {
      // It is told again.
    }
  }

  // A new outline has to be marked anew.
  new MutationObserver(mark).observe(list, { childList: true });
  setInterval(tell, EVERY_MS);
  document.addEventListener("visibilitychange", tell);
  tell();
  return { show };
}

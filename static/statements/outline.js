// The outline: owners and states of sections, and comments on what is selected in the text.

const CONTEXT = 60;
const MOST_QUOTE = 2000;
const TOKEN = /name="csrf_token" value="[^"]*"/g;

const outline = document.getElementById("outline");
const dialog = document.getElementById("comment-dialog");
const button = document.getElementById("comment-passage");

/** Post a form of this page; what was wrong is returned, and nothing where nothing was. */
async function post(form, submitter) {
  const body = new FormData(form, submitter);
  try {
    const answer = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "application/json" },
    });
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return String(answer.status);
    const { said } = await answer.json();
    return answer.ok ? "" : said;
  } catch (error) {
    return error.message;
  }
}

export function startOutline({ text, refresh, show: showText, saving }) {
  let shown = "";
  let waiting = null;

  /** Whether somebody is at work in the outline: then it is left as it is. */
  function isBusy() {
    const written = [...outline.querySelectorAll("textarea")].some((box) => box.value);
    return written || outline.contains(document.activeElement);
  }

  function show(html) {
    waiting = html;
    const seen = html.replaceAll(TOKEN, "");
    if (seen === shown || isBusy()) return;
    const open = [...outline.querySelectorAll("[data-key] > details[open]")].map((each) => each.parentElement.dataset.key);
    const top = outline.scrollTop;
    outline.innerHTML = html;
    shown = seen;
    for (const entry of outline.querySelectorAll("[data-key]")) {
      const details = entry.querySelector(":scope > details");
      if (details) details.open = open.includes(entry.dataset.key);
    }
    outline.scrollTop = top;
    markCurrent();
  }

  /** The key of the section that a place of the text is in. */
  function sectionAt(place) {
    const line = text.value.slice(0, place).split("\n").length;
    const entries = [...outline.querySelectorAll("[data-line][data-key]")];
    return entries.filter((entry) => Number(entry.dataset.line) <= line).at(-1) ?? entries[0];
  }

  function markCurrent() {
    const current = sectionAt(text.selectionStart);
    for (const entry of outline.querySelectorAll("[aria-current]")) entry.removeAttribute("aria-current");
    current?.setAttribute("aria-current", "true");
  }

  async function submit(event) {
    const form = event.target;
    event.preventDefault();
    // What is agreed is the saved text.
    if (form.dataset.sets && saving.isUnsaved() && !(await saving.save())) return;
    if (form.elements.edit) form.elements.edit.value = document.getElementById("statement").elements.edit.value;
    const wrong = await post(form, event.submitter);
    let note = form.querySelector("[role=alert]");
    if (!note) {
      note = document.createElement("p");
      note.className = "text-danger";
      note.setAttribute("role", "alert");
      form.append(note);
    }
    note.textContent = wrong;
    if (wrong) return;
    for (const box of form.querySelectorAll("textarea")) box.value = "";
    document.activeElement?.blur();
    await refresh();
  }

  function openDialog() {
    const { selectionStart: start, selectionEnd: end, value } = text;
    const section = sectionAt(start);
    if (!section) return;
    const form = dialog.querySelector("form");
    const quote = value.slice(start, Math.min(end, start + MOST_QUOTE));
    form.elements.section.value = section.dataset.key;
    form.elements.quote.value = quote.trim() ? quote : "";
    form.elements.before.value = value.slice(Math.max(0, start - CONTEXT), start);
    form.elements.after.value = value.slice(start + quote.length, start + quote.length + CONTEXT);
    dialog.querySelector("blockquote").textContent = quote.trim()
      ? quote : section.querySelector(".outline-title").textContent;
    dialog.querySelector("[role=alert]").hidden = true;
    dialog.showModal();
    form.elements.text.focus();
  }

  outline.addEventListener("submit", submit);
  outline.addEventListener("focusout", () => setTimeout(() => waiting && show(waiting)));
  text.addEventListener("keyup", markCurrent);
  text.addEventListener("click", markCurrent);
  button.hidden = false;
  button.addEventListener("click", openDialog);
  text.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.altKey && event.code === "KeyM") {
      event.preventDefault();
      openDialog();
    }
  });
  dialog.querySelector("[data-do=cancel]").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const wrong = await post(form);
    const note = dialog.querySelector("[role=alert]");
    note.textContent = wrong;
    note.hidden = !wrong;
    if (wrong) return;
    form.elements.text.value = "";
    dialog.close();
    await refresh();
    showText();
    const key = CSS.escape(form.elements.section.value);
    const details = outline.querySelector(`[data-key="${key}"] > details`);
    if (details) details.open = true;
  });

  /** The key of the section that the cursor is in. */
  function current() {
    return sectionAt(text.selectionStart)?.dataset.key ?? "";
  }

  return { show, current };
}

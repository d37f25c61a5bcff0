// What is written and not saved, kept in the browser: after a crash it is offered again.
//
// There may be several such texts, of other tabs and other days: each has its own name.

const form = document.getElementById("statement");
const bar = document.getElementById("kept");
const own = newName();
const MOST = 5;

function newName() {
  return `${Date.now()} ${Math.random()}`;
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(form.dataset.keep)) ?? {};
  } catch {
    return {};
  }
}

function write(drafts) {
  try {
    if (Object.keys(drafts).length) localStorage.setItem(form.dataset.keep, JSON.stringify(drafts));
    else localStorage.removeItem(form.dataset.keep);
  } catch {
    // No room, or none allowed: the text is still in the box.
  }
}

/** Keep what is being written on this page. */
export function keepDraft(draft) {
  const drafts = { ...read(), [own]: { ...draft, at: Date.now() } };
  const newest = Object.entries(drafts).sort(([, one], [, other]) => other.at - one.at);
  write(Object.fromEntries(newest.slice(0, MOST)));
}

/** What was written on this page is saved. */
export function forgetDraft(name = own) {
  const drafts = read();
  delete drafts[name];
  write(drafts);
}

/** Offer what was not saved, one text after the other; `take` is given the one that is taken up. */
export function offerKept(statement, take) {
  if (!bar) return;
  const now = { text: statement.elements.text.value, title: statement.elements.title.value };
  const [name, draft] = Object.entries(read()).find(([other]) => other !== own) ?? [];
  bar.hidden = !draft;
  if (!draft) return;
  if (draft.text === now.text && draft.title === now.title) {
    forgetDraft(name);
    offerKept(statement, take);
    return;
  }
  const time = bar.querySelector("time");
  time.dateTime = new Date(draft.at).toISOString();
  time.textContent = new Date(draft.at).toLocaleString(document.documentElement.lang);
  bar.querySelector("[data-do=take]").onclick = () => {
    bar.hidden = true;
    const { [name]: _taken, [own]: written, ...others } = read();
    // What was written here meanwhile is offered another time.
    write(written ? { ...others, [newName()]: written } : others);
    take(draft);
    keepDraft(draft);
  };
  bar.querySelector("[data-do=discard]").onclick = () => {
    forgetDraft(name);
    offerKept(statement, take);
  };
}

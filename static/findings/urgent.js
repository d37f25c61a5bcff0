/** What is urgent: asked for whenever something changed, shown, and rung for once it is new. */
import { Bell } from "./bell.js";
import { live } from "./live.js";

const HEARD = "observer.heard";
const MOST_HEARD = 200;
const PATIENCE_MS = 15_000;

const bar = document.querySelector("#urgent");
const list = bar.querySelector("ul");
const count = bar.querySelector(".count");
const line = bar.querySelector("template").content.firstElementChild;
const title = document.title;
const bell = new Bell(document.querySelector("#sound"), ringForNew);
let shown = "";
let there = [];

async function ask() {
  const options = { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE_MS) };
  try {
    const answer = await fetch(bar.dataset.address, options);
    if (answer.ok) show(await answer.text());
  } catch {
    // That the server does not answer is said by what asks for changes; it asks until it does.
    setTimeout(ask, PATIENCE_MS);
  }
}

function show(text) {
  // A list made anew would be read out again, and lose the focus.
  if (text === shown) return;
  shown = text;
  const found = JSON.parse(text);
  list.replaceChildren(...found.submissions.map(lineOf));
  count.textContent = found.count;
  bar.hidden = found.count === 0;
  document.title = found.count ? `(${found.count}!) ${title}` : title;
  there = found.submissions.map(({ id, revision }) => `${id}/${revision}`);
  ringForNew();
}

function lineOf(submission) {
  const made = line.cloneNode(true);
  const link = made.querySelector("a");
  link.href = submission.link;
  link.textContent = submission.title;
  made.querySelector(".where").textContent = submission.where;
  made.querySelector(".moment").textContent = submission.moment;
  made.querySelector("code").textContent = submission.code;
  return made;
}

function ringForNew() {
  const heard = JSON.parse(localStorage.getItem(HEARD) ?? "[]");
  const unheard = there.filter((key) => !heard.includes(key));
  if (!unheard.length) return;
  // What the browser kept back is rung for later; what nobody wanted to hear is not.
  if (bell.ring() || !bell.wanted) {
    localStorage.setItem(HEARD, JSON.stringify([...unheard, ...heard].slice(0, MOST_HEARD)));
  }
}

live.addEventListener("change", ask);
ask();

/**
 * Keeps an open page up to date. Asks each second for the number of changes, which is answered
 * with 304 while nothing changed; when it did, the page itself is asked for again without its
 * frame, and what differs in the elements marked `data-live` is put in their place. Scrolling,
 * the focus and what was unfolded stay.
 *
 * With the mode "offer" a list is not changed under its reader: a button says how much is new.
 */
import { Idiomorph } from "../vendor/idiomorph/idiomorph.esm.js";

const PATIENCE_MS = 15_000;
const LONGEST_PAUSE_MS = 30_000;
const MOST_ANNOUNCED = 3;

const line = document.querySelector("#live");
const lostLine = document.querySelector("#live-lost");
const news = document.querySelector("#live-news");
const offer = document.querySelector("#live-offer");
const ahead = new Date(line.dataset.now) - Date.now();
const every = Number(line.dataset.every);
const time = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: line.dataset.timezone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Tells of "change". */
export const live = new EventTarget();

let stamp = line.dataset.stamp;
let lastContact = new Date(Date.now() + ahead);
let failures = 0;
let next;
let asking = false;

async function ask() {
  clearTimeout(next);
  if (document.hidden || asking) return;
  asking = true;
  let pause = every;
  try {
    const answer = await get(line.dataset.changes, { "If-None-Match": `"${stamp}"` });
    if (answer.status !== 304) pause = await update((await answer.json()).stamp);
    found();
  } catch (error) {
    failures += 1;
    lost(error);
    pause = Math.min(LONGEST_PAUSE_MS, every * 2 ** failures);
  }
  asking = false;
  next = setTimeout(ask, pause);
}

async function get(address, headers) {
  const options = { cache: "no-store", headers, signal: AbortSignal.timeout(PATIENCE_MS) };
  const answer = await fetch(address, options);
  if (answer.redirected || !(answer.ok || answer.status === 304)) throw answer;
  return answer;
}

/** Shows what changed; gives how long to wait before the next question, in milliseconds. */
async function update(newest) {
  const begun = performance.now();
  if (line.dataset.mode !== "tell") {
    const answer = await get(location.href, { "X-Part": "live" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(page);
  } else {
    say(offer.dataset.other, () => location.reload());
  }
  stamp = newest;
  live.dispatchEvent(new Event("change"));
  // A server that needs long for the page is not asked for it without a break.
  return Math.max(every, Number(line.dataset.pause), performance.now() - begun);
}

function show(page) {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (line.dataset.mode === "offer") {
    const fresh = newIn(page);
    if (fresh || page.querySelectorAll("[data-key]").length !== keysIn(document).size) {
      const { one, many, other } = offer.dataset;
      const text = fresh === 1 ? one : fresh ? many.replace("{count}", fresh) : other;
      say(text, () => replace(parts, page));
      return;
    }
  }
  announce(page);
  replace(parts, page);
}

function keysIn(root) {
  return new Set([...root.querySelectorAll("[data-key]")].map(({ dataset }) => dataset.key));
}

function newIn(page) {
  const known = keysIn(document);
  return [...keysIn(page)].filter((key) => !known.has(key)).length;
}

function say(text, then) {
  offer.textContent = text;
  offer.hidden = false;
  offer.onclick = () => {
    offer.hidden = true;
    then();
  };
}

function announce(page) {
  const known = keysIn(document);
  const fresh = [...page.querySelectorAll("[data-announce]")].filter(
    ({ dataset }) => !known.has(dataset.key),
  );
  if (!fresh.length) return;
  news.textContent = fresh
    .slice(0, MOST_ANNOUNCED)
    .map(({ dataset }) => dataset.announce)
    .join(". ");
}

function replace(parts, page) {
  for (const part of parts) {
    const made = page.getElementById(part.id);
    if (made) Idiomorph.morph(part, made, { callbacks: { beforeAttributeUpdated: keep } });
  }
}

/** What was unfolded by hand stays so, whatever the page says. */
function keep(name, element) {
  return !(name === "open" && element instanceof HTMLDetailsElement);
}

function found() {
  failures = 0;
  lastContact = new Date(Date.now() + ahead);
  lostLine.hidden = true;
  // What waits to be shown is not shown yet: the page is still of the moment it was.
  if (offer && !offer.hidden) return;
  line.querySelector(".live-as-of").textContent = filled(line.dataset.asOf);
}

function lost(reason) {
  const signedOut = reason.status === 401 || reason.redirected;
  const text = filled(signedOut ? line.dataset.signedOut : line.dataset.lost);
  // The same words again would be read out again.
  if (lostLine.hidden || lostLine.textContent !== text) lostLine.textContent = text;
  lostLine.hidden = false;
}

function filled(text) {
  return text.replace("{time}", time.format(lastContact));
}

document.addEventListener("visibilitychange", ask);
window.addEventListener("online", ask);
next = setTimeout(ask, every);

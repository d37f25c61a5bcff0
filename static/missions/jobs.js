/** Long work under way, as the list on the page: how far it is, asked again while any is. */
const EVERY_MS = 1500;
const PATIENCE_MS = 15_000;

const list = document.querySelector("#job-list");
const news = document.querySelector("#job-news");

export async function getText(address, options = {}) {
  const answer = await fetch(address, {
    cache: "no-cache",
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...options,
  });
  if (answer.redirected) throw new Error("signed out");
  return answer.text();
}

const keys = (within) => [...within.querySelectorAll("[data-job]")].map((job) => job.dataset.job);
const isUnderWay = () => list.querySelector("progress") !== null;

function show(text) {
  const found = document.createElement("ul");
  found.innerHTML = text;
  if (keys(found).join() !== keys(list).join()) {
    list.replaceChildren(...found.children);
    news.textContent = list.querySelector(".job-what").textContent.trim();
    return;
  }
  // Only what changes: a button made anew would lose the focus.
  const jobs = [...found.children];
  for (const [at, job] of [...list.children].entries()) {
    job.querySelector(".job-state").textContent = jobs[at].querySelector(".job-state").textContent;
    const progress = job.querySelector("progress");
    const now = jobs[at].querySelector("progress");
    if (now?.hasAttribute("value")) {
      progress.max = now.max;
      progress.value = now.value;
    }
  }
}

async function follow() {
  if (!document.hidden) {
    try {
      show(await getText(list.dataset.address));
    } catch {
      // The next look may succeed.
    }
  }
  if (isUnderWay()) setTimeout(follow, EVERY_MS);
}

if (isUnderWay()) setTimeout(follow, EVERY_MS);

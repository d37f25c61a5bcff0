/* The page's side of its service worker: newer versions, the key across a reload, and sending. */

const WORKER = "/my/sw.js";
const SCOPE = "/my";
/** A worker that has to be started first takes long on a slow phone; it answers at once else. */
const ANSWER_WITHIN_MS = 1_500;
const LOOK_AFTER_MS = 60 * 60 * 1000;

const workers = navigator.serviceWorker;

/** What the worker keeps: one that takes its place is told it by this page. */
let kept = null;
let isTakingOver = false;

/** Installs the app. Whenever a newer version is there, calls `onUpdate` with a function that loads
    it in place of this page; until that is called, nothing changes.

    Answers with the registration, or null where the browser has no workers or allows none. */
export async function register({ onUpdate }) {
  if (!workers) return null;
  workers.startMessages();
  onTakeover(onUpdate);
  try {
    const registration = await workers.register(WORKER, { scope: SCOPE });
    offerNewer(registration, onUpdate);
    lookForNewer(registration);
    return registration;
  } catch {
    // Without a network, or behind another's sign-in page; the next visit tries again.
    return null;
  }
}

/** Keeps a person's key in the worker's memory, for a reload of the page. */
export async function keepKey(person, key) {
  kept = { person, key };
  (await worker())?.postMessage({ type: "KEEP_KEY", person, key });
}

/** The key kept for a person; null when there is none or nobody answers. */
export async function askKey(person) {
  const asked = await worker();
  if (!asked) return null;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, ANSWER_WITHIN_MS, null);
  });
  asked.postMessage({ type: "ASK_KEY", person }, [port2]);
  const key = await answer;
  port1.close();
  if (key) kept = { person, key };
  return key;
}

/** Has the worker forget whatever key it keeps. */
export async function forgetKey() {
  kept = null;
  (await worker())?.postMessage({ type: "FORGET_KEY" });
}

/** Calls back when the browser finds that there is a network to send with. */
export function onSend(callback) {
  workers?.addEventListener("message", ({ data }) => {
    if (data?.type === "SEND") callback();
  });
}

/** Asks the browser to say when there is a network, where it has Background Sync and allows it. */
export async function askForSync() {
  const registration = await workers?.getRegistration(SCOPE);
  await registration?.sync?.register("outbox").catch(() => {});
}

async function worker() {
  return workers?.controller ?? (await workers?.getRegistration(SCOPE))?.active ?? null;
}

function offerNewer(registration, onUpdate) {
  const offer = () => {
    // Without a controller it is the first version, which waits for nobody.
    if (registration.waiting && workers.controller) onUpdate(() => takeOver(registration));
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  offer();
}

function takeOver(registration) {
  if (registration.waiting) {
    isTakingOver = true;
    registration.waiting.postMessage({ type: "SKIP_WAITING" });
  } else {
    location.reload();
  }
}

/** Where another window has let the newer worker in, this page is of the version before. */
function onTakeover(onUpdate) {
  let before = workers.controller;
  workers.addEventListener("controllerchange", () => {
    if (kept) workers.controller?.postMessage({ type: "KEEP_KEY", ...kept });
    if (isTakingOver) location.reload();
    else if (before) onUpdate(() => location.reload());
    before = workers.controller;
  });
}

/** An app that stays open for days is never navigated to, which is when browsers look by themselves. */
function lookForNewer(registration) {
  let looked = performance.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || performance.now() - looked < LOOK_AFTER_MS) return;
    looked = performance.now();
    registration.update().catch(() => {});
  });
}

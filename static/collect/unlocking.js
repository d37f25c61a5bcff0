/** The lock in front of what is kept on this phone: choosing a PIN, and giving it. */
import { ask } from "./server.js";
import { keepVault } from "./store.js";
import { LEAST_PIN, changePin, fromBase64, makeVault, openVault } from "./vault.js";

const PAUSE_MS = 200;

/** Make this phone known to the server; gives its answer, with the secret for a forgotten PIN. */
export function registerPhone(id, csrf) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  const body = JSON.stringify({ id, name: navigator.userAgent.slice(0, 200) });
  return ask("/api/v1/phones", { method: "POST", headers, body });
}

function tellProblem(view, words) {
  const problem = view.querySelector("#pin-problem");
  problem.textContent = words;
  problem.hidden = !words;
  for (const input of view.querySelectorAll("input")) input.value = "";
  view.querySelector("#pin").focus();
}

/** Do one thing at a time: a phone takes a while over a PIN. */
function onSubmit(view, act) {
  const form = view.querySelector("form");
  const send = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      await act();
    } finally {
      send.disabled = false;
    }
  });
  view.querySelector("#pin").focus();
}

/**
 * Ask for a new PIN and lock the phone with it: with a vault made for who is signed in, or with the
 * `vault` whose PIN was forgotten. `opened(vault, key)` goes on.
 */
export function choosePin(app, view, { vault = null, opened }) {
  view.replaceChildren(app.parts.part("choose-pin"));
  if (vault) view.querySelector("[data-title]").textContent = app.parts.say("chooseNewPin");
  const [pin, again] = view.querySelectorAll("input");
  onSubmit(view, async () => {
    if ([...pin.value].length < LEAST_PIN) return tellProblem(view, app.parts.say("pinShort"));
    if (pin.value !== again.value) return tellProblem(view, app.parts.say("pinDiffers"));
    const chosen = pin.value;
    const { person, csrf } = app.session.who;
    const phone = vault?.phone ?? crypto.randomUUID();
    const answer = await registerPhone(phone, csrf);
    if (answer.reason) return tellProblem(view, app.parts.say(sentenceFor(answer)));
    const recovery = fromBase64(answer.json.recovery);
    const made = vault
      ? await changePin(vault, recovery, chosen)
      : await makeVault(person, phone, chosen, recovery);
    await keepVault(made.vault);
    return opened(made.vault, made.key);
  });
}

const sentenceFor = ({ status, reason }) => (status === 410 ? "ended" : reason);

/** Ask for the PIN of a vault. `opened(vault, key)` goes on; `forgotten()` where it is not known. */
export function askPin(app, view, { vault, opened, forgotten }) {
  view.replaceChildren(app.parts.part("unlock"));
  const title = view.querySelector("[data-title]");
  title.textContent = app.parts.say("hello", { name: vault.about.name });
  view.querySelector("[data-forgotten]").addEventListener("click", forgotten);
  const pin = view.querySelector("#pin");
  const opening = whileItIsTyped(pin, (given) => openVault(vault, given));
  onSubmit(view, async () => {
    const key = await opening(pin.value);
    if (key) await opened(vault, key);
    else tellProblem(view, app.parts.say("pinWrong"));
  });
}

/**
 * Try a PIN as soon as the typing pauses, and not only when "Open" is tapped: an old phone takes a
 * second over it. Gives what `open(pin)` would give.
 */
function whileItIsTyped(input, open) {
  let tried = null;
  let timer = null;
  const opening = (pin) => {
    clearTimeout(timer);
    if (tried?.pin !== pin) tried = { pin, key: open(pin) };
    return tried.key;
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const pin = input.value;
    if ([...pin].length >= LEAST_PIN) timer = setTimeout(opening, PAUSE_MS, pin);
  });
  return opening;
}

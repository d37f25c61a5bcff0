/** Brings what the mission has for this person onto the phone: forms, places, own submissions. */
import { ask } from "./server.js";
import { INQUIRY, KNOWN, SENT, VISIT, keepPage, pageNamed } from "./store.js";

const ME = "/api/v1/me";
/** Where stations are looked up by their code or name. */
export const PLACES = "/api/v1/places";
const LISTS = { forms: "/api/v1/forms", places: PLACES };
const SUBMISSIONS = "/api/v1/submissions";
const VISITS = "/api/v1/visits";
const INQUIRIES = "/api/v1/inquiries";
const PICTURES = "observer-pictures";

/** Who is signed in: what the server says, or the reason why it is not known. */
export const askWho = () => ask(ME, { cache: "no-store" });

const formKey = ({ code, version }, language) => `form ${code} ${version} ${language}`;
const textsKey = (language) => `texts ${language}`;

/** The app's texts in a language, from the phone; null where they have not come yet. */
export const textsKept = (language) => pageNamed(textsKey(language));

/** The texts as the server has them now, kept on the phone; null without a network. */
export async function fetchTexts(language) {
  const answer = await ask(`/my/texts/${language}`);
  if (answer.reason || !answer.json.html) return null;
  const page = { key: textsKey(language), ...answer.json };
  await keepPage(page);
  return page;
}

/** Of which release of these pages this one is: a newer one may draw forms in another way. */
const release = () => document.querySelector("meta[name=release]")?.content;

/** A form's page in a language: from the phone, else from the server; null where there is none. */
export async function formPage(form, language) {
  const kept = await pageNamed(formKey(form, language));
  if (kept?.release === release()) return kept.page;
  return (await fetchForm(form, language)) ?? kept?.page ?? null;
}

async function fetchForm(form, language) {
  const { code, version } = form;
  const asked = new URLSearchParams({ language });
  const address = `/api/v1/forms/${encodeURIComponent(code)}/${version}/page?${asked}`;
  const answer = await ask(address);
  if (answer.reason || !answer.json?.html) return null;
  await keepPage({ key: formKey(form, language), release: release(), page: answer.json });
  await keepPictures(answer.json.html);
  return answer.json;
}

async function keepPictures(html) {
  const part = document.createElement("template");
  part.innerHTML = html;
  const addresses = [...part.content.querySelectorAll("img[src]")].map((one) => one.src);
  if (!addresses.length || !window.caches) return;
  const cache = await caches.open(PICTURES);
  await Promise.allSettled(addresses.map((address) => cache.add(address)));
}

/** What is known from the last time that the server answered: `me`, `forms`, `places`. */
export async function lastKnown(store) {
  const records = await store.all(KNOWN);
  const known = Object.fromEntries(records.map(({ id, content }) => [id, content]));
  return { me: null, forms: [], places: [], ...known };
}

/** Fetch everything anew. Gives the reason where that did not go well, or null. */
export async function syncAll(store, me, language, progress = () => {}) {
  await store.put([{ id: "me", kind: KNOWN, content: me }]);
  const reasons = await Promise.all([
    syncList(store, "forms", (forms) => syncForms(forms, language, progress)),
    syncList(store, "places"),
    syncSubmissions(store),
    syncVisits(store),
    syncInquiries(store),
  ]);
  return reasons.find(Boolean) ?? null;
}

async function syncList(store, id, then = () => null) {
  const answer = await ask(LISTS[id]);
  if (answer.reason) return answer.reason;
  await store.put([{ id, kind: KNOWN, content: answer.json }]);
  return then(answer.json);
}

async function syncForms(forms, language, progress) {
  let came = 0;
  progress(came, forms.length);
  const pages = forms.map(async (form) => {
    const page = await formPage(form, language);
    progress((came += 1), forms.length);
    return page;
  });
  return (await Promise.all(pages)).every(Boolean) ? null : "noNetwork";
}

/** What reviewers did since, and what was sent from elsewhere. */
async function syncSubmissions(store) {
  const sent = await store.all(SENT);
  const since = Math.max(0, ...sent.map(({ content }) => content.change ?? 0));
  const answer = await ask(`${SUBMISSIONS}?since=${since}`);
  if (answer.reason) return answer.reason;
  const records = answer.json.map((content) => ({ id: content.id, kind: SENT, content }));
  if (records.length) await store.put(records);
  return null;
}

async function syncVisits(store) {
  const answer = await ask(VISITS);
  if (answer.reason) return answer.reason;
  const known = new Set((await store.all(VISIT)).map(({ id }) => id));
  const unknown = answer.json.filter(({ id }) => !known.has(id));
  const records = unknown.map(({ id, round, place, arrived_at, left_at, position }) => {
    const payload = { round, place, arrived_at, left_at, position: position ?? null };
    return { id, kind: VISIT, content: { payload, sent: true, reason: "" } };
  });
  if (records.length) await store.put(records);
  return null;
}

/** The questions of the mission room; an answer that waits here stays, whatever was asked since. */
async function syncInquiries(store) {
  const answer = await ask(INQUIRIES);
  if (answer.reason) return answer.reason;
  const known = new Map((await store.all(INQUIRY)).map((record) => [record.id, record]));
  const asked = new Map(answer.json.map((about) => [`inquiry ${about.id}`, about]));
  const records = [];
  for (const [id, about] of asked) {
    const before = known.get(id);
    if (JSON.stringify(before?.content.about) === JSON.stringify(about)) continue;
    const content = { payload: null, reason: "", ...before?.content, about };
    records.push({ id, kind: INQUIRY, content });
  }
  if (records.length) await store.put(records);
  const gone = [...known.values()].filter(({ id, content }) => !asked.has(id) && !content.payload);
  if (gone.length) await store.remove(...gone.map(({ id }) => id));
  return null;
}

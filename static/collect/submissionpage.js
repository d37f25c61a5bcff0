/** One of the person's own submissions: where it stands, and what it says. */
import { behind, labelOf } from "./answers.js";
import { FormView } from "./formview.js";
import { Inquiries } from "./inquiries.js";
import { make } from "./parts.js";
import { NEEDS_YOU } from "./sending.js";
import { SENT, WAITING } from "./store.js";
import { formPage } from "./syncing.js";

/** The code by which observer and mission room speak of a submission. */
export const codeOf = (id) => id.replaceAll("-", "").slice(0, 8).toUpperCase();

/** The newest that the phone has of each submission, the newest first. */
export async function submissionsOf(store) {
  const found = new Map();
  for (const record of await store.all(SENT, WAITING)) {
    const { kind, content } = record;
    const about = kind === SENT ? content : content.payload;
    const other = found.get(about.id);
    if (!other || other.about.revision < about.revision) {
      found.set(about.id, { about, waits: kind === WAITING, reason: content.reason ?? "", record });
    }
  }
  // What has a time of arrival is sorted by it; a phone's own clock may be days away.
  const moment = ({ about }) => about.received_at ?? "9999";
  return [...found.values()].sort(
    (a, b) => moment(b).localeCompare(moment(a)) || b.record.order - a.record.order,
  );
}

/** Where a submission stands, for a person: a name for the looks, and words. */
export function standing(app, { about, waits, reason, record }) {
  if (!waits) return { look: about.status, words: app.parts.say(about.status) };
  if (app.sendingId === record.id) return { look: "waiting", words: app.parts.say("sending") };
  if (NEEDS_YOU.includes(reason)) return { look: "held", words: app.parts.say("needsYou") };
  return { look: "waiting", words: app.parts.say("waiting") };
}

/**
 * What is to be said about it: why it is held, rejected or still here. What is wrong with an answer
 * is said where `labels` has the question's words, by its name.
 */
export function reasonsFor(app, { about, waits, reason, record }, labels = null) {
  if (waits) {
    const { came } = record.content;
    const count = about.attachments.length;
    const partly = came === undefined ? null : app.parts.say("partly", { came, count });
    const words = reason || !partly ? app.parts.say(reason || "thanks") : null;
    return [partly, words].filter(Boolean);
  }
  const errors = about.status === "held" ? about.errors : [];
  const whole = errors.filter(({ question }) => !question).map(({ message }) => message);
  const answers = errors.filter(({ question }) => question);
  const wrong = labels
    ? answers.map(({ question, message }) => behind(labels.get(question), message))
    : answers.slice(0, 1).map(() => app.parts.say("answersWrong"));
  return [...whole, ...wrong, about.status_reason].filter(Boolean);
}

/** Show a submission: `/my/submissions/<id>`. */
export async function showSubmission(app, root, { id }) {
  root.replaceChildren(app.parts.part("submission"));
  const find = (name) => root.querySelector(`[data-${name}]`);
  const inquiries = new Inquiries(app, find("inquiry-list"), id);
  let answersOf = null;

  async function draw() {
    const found = (await submissionsOf(app.store)).find(({ about }) => about.id === id);
    if (!found) return app.frame.showNotice(root, "noSuchRecord");
    const { about } = found;
    const { look, words } = standing(app, found);
    find("code").textContent = `${app.parts.say("receipt")} ${codeOf(id)}`;
    find("status").replaceChildren(make("span", { class: `status status-${look}` }, words));
    find("correct").href = `/my/submissions/${id}/correct`;
    if (answersOf !== about) {
      answersOf = about;
      await drawAnswers(about);
    }
    find("inquiries").hidden = (await inquiries.draw()) === 0;
    find("facts").replaceChildren(...factsOf(app, about));
    find("reasons").replaceChildren(
      ...reasonsFor(app, found, labels).map((one) => make("li", {}, one)),
    );
    return null;
  }

  const labels = new Map();

  async function drawAnswers(about) {
    const form = { code: about.form, version: about.form_version };
    const page = about.form && (await formPage(form, app.language));
    const title = page?.title ?? app.parts.say("unknownForm");
    find("title").textContent = title;
    document.title = `${title} · Observer`;
    const pairs = page ? answersInWords(app, page, about, labels) : Object.entries(about.answers);
    find("answers").replaceChildren(
      ...pairs.flatMap(([label, words]) => [
        make("dt", {}, label),
        make("dd", {}, typeof words === "string" ? words : JSON.stringify(words)),
      ]),
    );
  }

  await draw();
  return { refresh: draw };
}

function answersInWords(app, page, about, labels) {
  const files = about.attachments.map(({ question, ...file }) => [
    question,
    { blob: null, ...file },
  ]);
  const view = new FormView(document.createElement("div"), page, {
    texts: app.parts.texts,
    answers: about.answers,
    place: about.place ?? "",
    files: new Map(files),
    step: 0,
    urgent: false,
    places: app.known.places,
    photo: app.known.me.photo,
    largestFile: app.known.me.largest_file,
    readOnly: true,
  });
  const entries = [...view.entries()];
  for (const part of view.form.querySelectorAll("[data-field]")) {
    labels.set(part.dataset.field.split(":").at(-1), labelOf(part));
  }
  view.destroy();
  // The place stands among the facts already.
  const answers = entries.filter(({ part }) => part.dataset.field);
  return answers.map(({ label, words }) => [label, words]);
}

function* factsOf(app, about) {
  const { formats, parts } = app;
  const pair = (term, words) => [make("dt", {}, term), make("dd", {}, words)];
  const round = app.known.me.rounds.find(({ code }) => code === about.round);
  yield* pair(parts.say("place"), app.placeName(about.place) || "–");
  yield* pair(parts.say("round"), round?.name ?? about.round);
  if (about.urgent) yield* pair(parts.say("urgent"), "✓");
  if (about.started_at) {
    const [from, to] = [about.started_at, about.finished_at ?? about.started_at];
    yield* pair(parts.say("filled"), `${formats.moment(from)} – ${formats.moment(to)}`);
  }
  if (about.received_at) yield* pair(parts.say("receivedAt"), formats.moment(about.received_at));
  if (about.corrected_by) yield* pair(parts.say("correctedBy"), about.corrected_by);
  if (about.attachments.length) {
    const came = about.attachments.filter(({ arrived }) => arrived).length;
    const count = about.attachments.length;
    yield* pair(parts.say("photos"), parts.say("cameOf", { came, count }));
  }
}

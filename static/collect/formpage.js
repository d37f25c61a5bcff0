/** The page on which a form is filled: a draft, kept at every change. */
import { DraftKeeper, correction, holdDraft, newDraft } from "./drafts.js";
import { finderAt } from "./finding.js";
import { FormView } from "./formview.js";
import { DRAFT, SENT, WAITING } from "./store.js";
import { PLACES, formPage } from "./syncing.js";

/** Show an empty form: `/my/forms/<code>?place=…`. */
export async function showNewForm(app, root, { code, query }) {
  const form = app.known.forms.find((one) => one.code === code);
  if (!form) return app.frame.showNotice(root, "noSuchForm");
  const visit = app.visits.current();
  const place = query.get("place") ?? placeOfVisit(form, visit);
  const content = newDraft({
    form,
    round: query.get("round") ?? app.round.code,
    place,
    visit: visit?.id ?? null,
  });
  return showDraft(app, root, content);
}

/** Where somebody is, as far as the form asks for a place of that kind. */
const placeOfVisit = (form, visit) =>
  visit && form.place !== "station" ? visit.content.payload.place : "";

/** Go on with a draft: `/my/drafts/<record>`. */
export async function showKeptDraft(app, root, { id }) {
  const record = await app.store.get(id);
  if (record?.kind !== DRAFT) return app.frame.showNotice(root, "noSuchRecord");
  return showDraft(app, root, record.content);
}

/** Correct what was sent: `/my/submissions/<id>/correct`. */
export async function showCorrection(app, root, { id }) {
  const records = await app.store.all(DRAFT, WAITING, SENT);
  const own = records.filter(({ kind, content }) => submissionId(kind, content) === id);
  const draft = own.find(({ kind }) => kind === DRAFT);
  if (draft) return showDraft(app, root, draft.content);
  const revisions = own.map(({ kind, content }) => (kind === SENT ? content : content.payload));
  const last = revisions.sort((a, b) => a.revision - b.revision).at(-1);
  if (!last) return app.frame.showNotice(root, "noSuchRecord");
  // Its photos are with the mission already, or still wait with the record before.
  const files = last.attachments.map((one) => ({ ...one, field: one.question, name: "" }));
  return showDraft(app, root, correction(last, files));
}

const submissionId = (kind, content) => (kind === SENT ? content.id : content.payload.id);

async function showDraft(app, root, content) {
  const { payload } = content;
  const keeper = new DraftKeeper(app.store, content);
  root.replaceChildren(app.parts.part("form"));
  const form = app.known.forms.find((one) => one.code === payload.form);
  const find = (name) => root.querySelector(`[data-${name}]`);
  let mounted = null;
  let release = null;

  async function open(take) {
    release = await holdDraft(keeper.id, { take, lost: close });
    find("elsewhere").hidden = release !== null;
    if (!release) return;
    const kept = await app.store.get(keeper.id);
    if (kept?.kind === DRAFT) keeper.content = kept.content;
    await mount();
  }

  /** Another tab goes on with it: what is shown here would be old from now on. */
  function close() {
    release = null;
    mounted?.destroy();
    mounted = null;
    keeper.finished = true;
    if (find("elsewhere")) find("elsewhere").hidden = false;
  }

  async function mount() {
    const { form: code, form_version: version } = payload;
    const page = await formPage({ code, version }, app.language);
    if (!page) return app.frame.showNotice(find("form"), "notReady");
    find("title").textContent = page.title;
    document.title = `${page.title} · Observer`;
    if (keeper.content.corrects) app.frame.notify("correcting");
    else if (form && form.version > version) app.frame.notify("newForm");
    const files = await filesOf(app.store, keeper);
    const { me } = app.known;
    mounted = new FormView(find("form"), page, {
      texts: app.parts.texts,
      answers:
        keeper.content.isNew && !keeper.content.corrects ? null : keeper.content.payload.answers,
      place: keeper.content.payload.place ?? "",
      files,
      step: keeper.content.step,
      urgent: Boolean(keeper.content.payload.urgent),
      places: placesFor(app, payload.round),
      findPlaces: finderAt(PLACES),
      photo: me.photo,
      largestFile: me.largest_file,
      onChange: (view) => keep(view.state()),
      onSend: send,
    });
    find("draft").hidden = keeper.content.isNew;
  }

  async function keep(state) {
    await keeper.change(state);
    find("draft").hidden = false;
    showUnkept();
    if (location.pathname.startsWith("/my/drafts/")) return;
    history.replaceState(null, "", `/my/drafts/${keeper.id}`);
  }

  function showUnkept() {
    const problem = find("unkept");
    problem.hidden = !app.store.isFull;
    problem.textContent = app.store.isFull ? app.parts.say("notKept") : "";
  }

  async function send(view) {
    await keeper.finish(view.result(), view.state());
    app.go(`/my/submissions/${payload.id}`, { replace: true });
    app.sendSoon();
  }

  find("take").addEventListener("click", () => {
    keeper.finished = false;
    open(true);
  });
  find("discard").addEventListener("click", async () => {
    const words = { title: "discard", text: "discardText", yes: "discardYes" };
    if (!(await app.frame.confirm(words))) return;
    await keeper.discard();
    app.go("/my", { replace: true });
  });
  await open(false);
  return {
    async leave() {
      await mounted?.allRead();
      await keeper.leave();
      mounted?.destroy();
      release?.();
    },
  };
}

/** A draft's files by field; a file that only the server has has no blob. */
async function filesOf(store, keeper) {
  const blobs = new Map((await store.files(keeper.id)).map((one) => [one.sha256, one]));
  return new Map(
    keeper.content.files.map(({ field, ...file }) => [
      field,
      { blob: null, ...file, ...blobs.get(file.sha256) },
    ]),
  );
}

/** The places to choose from: the stations assigned, and the centres that they lie in. */
function placesFor(app, round) {
  const places = app.known.places.filter((place) => place.round === round);
  const centres = new Map();
  for (const { kind, centre, centre_name: name } of places) {
    if (kind === "station") {
      centres.set(centre, { code: centre, name, kind: "centre", centre, centre_name: name });
    }
  }
  for (const { code } of places) centres.delete(code);
  return [...places, ...centres.values()];
}

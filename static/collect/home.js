/** What is to do today, what is being filled, what waits, and what was sent. */
import { drawPlaces } from "./dayroute.js";
import { drawQuestions } from "./inquiries.js";
import { inLanguage, make, rowLink } from "./parts.js";
import { saveAsFile } from "./saving.js";
import { DRAFT, WAITING } from "./store.js";
import { codeOf, reasonsFor, standing, submissionsOf } from "./submissionpage.js";

const SHOWN_FIRST = 20;

export async function showHome(app, root, { query }) {
  root.replaceChildren(app.parts.part("home"));
  document.title = `${root.querySelector("h1").textContent} · Observer`;
  if (query.has("round")) app.chooseRound(query.get("round"));
  let all = false;
  const find = (name) => root.querySelector(`[data-${name}]`);

  async function draw() {
    const [submissions, drafts, waiting] = await Promise.all([
      submissionsOf(app.store),
      app.store.all(DRAFT),
      app.store.all(WAITING),
      app.visits.load(),
    ]);
    const inRound = (payload) => payload.round === app.round?.code;
    const own = submissions.filter(({ about }) => inRound(about));
    drawRounds(app, find("rounds"));
    drawOutbox(app, find, waiting);
    await drawQuestions(app, find);
    drawDrafts(app, find, drafts);
    drawPlaces(app, find, {
      own,
      drafts: drafts.filter(({ content }) => inRound(content.payload)),
    });
    drawForms(app, find);
    find("synced").hidden = !app.syncedAt;
    if (app.syncedAt) {
      const time = app.formats.time(app.syncedAt);
      find("synced").textContent = app.parts.say("upToDate", { time });
    }
    const shown = all ? own : own.slice(0, SHOWN_FIRST);
    find("all").hidden = shown.length === own.length;
    find("mine").replaceChildren(
      ...(own.length
        ? shown.map((one) => submissionRow(app, one))
        : [make("li", { class: "empty" }, app.parts.say("nothingSent"))]),
    );
  }

  find("send").addEventListener("click", () => app.sender.now());
  find("save").addEventListener("click", () => saveAsFile(app.store, app.vault.about.email));
  find("all").addEventListener("click", () => {
    all = true;
    draw();
  });
  find("arrive").addEventListener("submit", async (event) => {
    event.preventDefault();
    const input = event.target.querySelector("input");
    const code = input.value.trim();
    if (!code) return input.focus();
    await app.visits.arrive(app.round.code, code);
    app.sendSoon();
  });
  await draw();
  return { refresh: draw };
}

function drawRounds(app, nav) {
  const { rounds } = app.known.me;
  nav.hidden = rounds.length < 2;
  nav.replaceChildren(
    ...rounds.map((round) => {
      const isShown = round.code === app.round?.code;
      const look = isShown ? "btn-secondary" : "btn-outline-secondary";
      const href = `/my?round=${encodeURIComponent(round.code)}`;
      const words = `${round.name}, ${app.formats.date(round.voting_day)}`;
      return make(
        "a",
        { class: `btn btn-sm ${look}`, href, "aria-current": isShown && "page" },
        words,
      );
    }),
  );
}

function drawOutbox(app, find, waiting) {
  find("outbox").hidden = waiting.length === 0;
  find("waiting").replaceChildren(
    ...waiting.slice(0, SHOWN_FIRST).map((record) => {
      const about = record.content.payload;
      const one = { about, waits: true, reason: record.content.reason, record };
      return submissionRow(app, one);
    }),
  );
}

function drawDrafts(app, find, drafts) {
  find("drafts").hidden = drafts.length === 0;
  find("draft-list").replaceChildren(
    ...[...drafts].reverse().map(({ id, content: { payload, progress } }) => {
      const place = app.placeName(payload.place) || app.parts.say("noPlaceYet");
      const done = progress ? app.parts.say("progress", progress) : "";
      return make(
        "li",
        {},
        make(
          "a",
          { class: "form-row", href: `/my/drafts/${encodeURIComponent(id)}` },
          make(
            "span",
            {},
            app.formTitle(payload.form),
            make("br"),
            make("span", { class: "base" }, [place, done].filter(Boolean).join(" · ")),
          ),
          make("span", { class: "form-open" }, app.parts.say("goOn")),
        ),
      );
    }),
  );
}

/** A row of the list of submissions, with what is to be said about it. */
function submissionRow(app, one) {
  const { about } = one;
  const { look, words } = standing(app, one);
  const place = about.place ?? "";
  const time = app.formats.moment(about.received_at ?? about.finished_at);
  const facts = [place, time, codeOf(about.id)].filter(Boolean).join(" · ");
  const reasons = reasonsFor(app, one);
  const title = [app.formTitle(about.form), about.urgent && app.parts.say("urgent")];
  return make(
    "li",
    {},
    make(
      "a",
      { class: "form-row", href: `/my/submissions/${about.id}` },
      make(
        "span",
        {},
        title.filter(Boolean).join(" · "),
        make("br"),
        make("span", { class: "base" }, facts),
      ),
      make("span", { class: `status status-${look}` }, words),
    ),
    reasons.length
      ? make("ul", { class: "reasons" }, ...reasons.map((words) => make("li", {}, words)))
      : null,
  );
}

/** Forms that need no place of the route, and all forms for elsewhere. */
function drawForms(app, find) {
  const { forms } = app.known;
  const round = new URLSearchParams({ round: app.round?.code ?? "" });
  const address = (form) => `/my/forms/${encodeURIComponent(form.code)}?${round}`;
  find("no-forms").hidden = forms.length > 0;
  find("anywhere").replaceChildren(
    ...forms
      .filter(({ place, code }) => place === "any" && code !== "incident")
      .map((form) =>
        make(
          "a",
          { class: "btn btn-outline-secondary any-form", href: address(form) },
          inLanguage(form.title, app.language),
        ),
      ),
  );
  const placed = forms.filter(({ place }) => place !== "any");
  find("elsewhere").hidden = placed.length === 0;
  find("forms").replaceChildren(
    ...placed.map((form) =>
      make(
        "li",
        {},
        rowLink(
          address(form),
          inLanguage(form.title, app.language),
          make("span", { class: "form-open" }, app.parts.say("fill")),
        ),
      ),
    ),
  );
}

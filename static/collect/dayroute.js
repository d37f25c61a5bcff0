/** The day's route: the centres to visit with their forms, and the visit that is going on. */
import { button, inLanguage, make, rowLink } from "./parts.js";
import { DRAFT } from "./store.js";
import { standing } from "./submissionpage.js";

/** The day's route: the team's centres, and where else somebody has arrived, with their forms. */
export function drawPlaces(app, find, { own, drafts }) {
  const places = app.known.places.filter(({ round }) => round === app.round?.code);
  const centres = centresOf(places);
  const visits = app.visits.records.filter(
    ({ content }) => content.payload.round === app.round?.code,
  );
  for (const { content } of visits) {
    const code = content.payload.place;
    const known = centres.some(
      (centre) => centre.code === code || centre.stations.some((s) => s.code === code),
    );
    if (!known) centres.push({ code, name: "", stations: [], isUnlisted: true });
  }
  const done = new Map(own.map((one) => [`${one.about.form} ${one.about.place}`, one]).reverse());
  const begun = new Map(
    drafts.map((one) => [`${one.content.payload.form} ${one.content.payload.place}`, one]),
  );
  let open = 0;
  const panels = centres.map((centre) => {
    const { panel, left } = centrePanel(app, centre, { done, begun, visits });
    open += left;
    return panel;
  });
  find("places").replaceChildren(...panels);
  find("no-places").hidden = centres.length > 0;
  const visited = centres.filter(({ code }) =>
    visits.some(({ content }) => content.payload.place === code),
  );
  find("day").hidden = centres.length === 0;
  find("day").textContent = app.parts.say("day", {
    visited: visited.length,
    centres: centres.length,
    open,
  });
}

function centresOf(places) {
  const centres = new Map();
  for (const { code, name, kind, centre, centre_name } of places) {
    if (!centres.has(centre)) {
      centres.set(centre, { code: centre, name: centre_name, stations: [] });
    }
    if (kind === "station") centres.get(centre).stations.push({ code, name });
  }
  return [...centres.values()];
}

function centrePanel(app, centre, { done, begun, visits }) {
  const panel = app.parts.part("centre");
  const section = panel.querySelector("section");
  const id = `centre-${centre.code}`;
  section.setAttribute("aria-labelledby", id);
  section.querySelector("h3").id = id;
  section.querySelector("[data-name]").textContent = centre.name;
  section.querySelector("[data-code]").textContent = centre.code;
  section.querySelector("[data-visit]").append(...visitLine(app, centre, visits));
  const rows = section.querySelector("[data-rows]");
  let left = 0;
  const add = (place, kind) => {
    const forms = app.known.forms.filter((form) => form.place === kind);
    const list = make("ul", { class: "form-rows" });
    for (const form of forms) {
      const key = `${form.code} ${place.code}`;
      if (!done.has(key)) left += 1;
      list.append(formRow(app, form, place, done.get(key), begun.get(key)));
    }
    if (forms.length) rows.append(list);
  };
  add(centre, "centre");
  for (const station of centre.stations) {
    rows.append(make("h4", {}, station.name, " ", make("span", { class: "base" }, station.code)));
    add(station, "station");
  }
  if (centre.isUnlisted) left = 0;
  const open = section.querySelector("[data-open]");
  open.hidden = left === 0;
  open.textContent = app.parts.say("open", { count: left });
  return { panel: section, left };
}

function formRow(app, form, place, sent, draft) {
  const title = inLanguage(form.title, app.language);
  const query = new URLSearchParams({ place: place.code, round: app.round.code });
  const address = `/my/forms/${encodeURIComponent(form.code)}?${query}`;
  if (draft) {
    const href = `/my/drafts/${encodeURIComponent(draft.id)}`;
    return make(
      "li",
      {},
      rowLink(href, title, make("span", { class: "form-open" }, app.parts.say("goOn"))),
    );
  }
  if (!sent) {
    return make(
      "li",
      {},
      rowLink(address, title, make("span", { class: "form-open" }, app.parts.say("fill"))),
    );
  }
  const { look, words } = standing(app, sent);
  const label = app.parts.say("fillAgain", { form: title, place: place.code });
  return make(
    "li",
    {},
    rowLink(
      `/my/submissions/${sent.about.id}`,
      title,
      make("span", { class: `status status-${look}` }, words),
    ),
    make("a", { class: "form-again", href: address, "aria-label": label }, app.parts.say("again")),
  );
}

function visitLine(app, centre, visits) {
  const { parts, formats } = app;
  const own = visits.filter(({ content }) => content.payload.place === centre.code);
  const last = own.at(-1);
  const act = (doing) => async () => {
    await doing();
    app.sendSoon();
  };
  const arrive = button(
    parts.say("arrived"),
    act(() => app.visits.arrive(app.round.code, centre.code)),
    "btn-outline-primary",
  );
  if (!last) return [arrive];
  const { arrived_at: from, left_at: to } = last.content.payload;
  if (!to) {
    return [
      make("span", { class: "visit-time" }, parts.say("hereSince", { time: formats.time(from) })),
      button(
        parts.say("leave"),
        act(() => app.visits.leave(last)),
        "btn-primary",
      ),
      wrongPlace(app, last, centre),
    ];
  }
  const words = parts.say("wasHere", { from: formats.time(from), to: formats.time(to) });
  const isLast = app.visits.records.at(-1) === last;
  return [
    make("span", { class: "visit-time" }, words),
    isLast
      ? button(
          parts.say("undo"),
          act(() => app.visits.stay(last)),
        )
      : null,
    arrive,
  ].filter(Boolean);
}

/** The place chosen at first can be another one: the visit moves, and its drafts with it. */
function wrongPlace(app, visit, centre) {
  const others = centresOf(app.known.places.filter(({ round }) => round === app.round.code));
  const select = make("select", {
    class: "wrong-place",
    "aria-label": app.parts.say("wrongPlace"),
  });
  select.append(make("option", { value: "" }, app.parts.say("wrongPlace")));
  for (const { code, name } of others) {
    if (code !== centre.code) select.append(make("option", { value: code }, `${name} · ${code}`));
  }
  select.addEventListener("change", async () => {
    if (!select.value) return;
    const moved = select.value;
    await app.visits.move(visit, moved);
    const drafts = (await app.store.all(DRAFT)).filter(
      ({ content }) => content.payload.visit === visit.id,
    );
    if (drafts.length) {
      await app.store.put(drafts.map((draft) => atOtherPlace(app, draft, moved)));
      app.frame.notify("movedDrafts", { values: { place: moved } });
    }
    app.sendSoon();
  });
  return select;
}

/** A draft at another centre: a station there has to be chosen, the centre itself is known. */
function atOtherPlace(app, { id, kind, urgent, content }, centre) {
  const form = app.known.forms.find(({ code }) => code === content.payload.form);
  const stations = app.known.places.filter(
    (one) => one.centre === centre && one.kind === "station",
  );
  const only = stations.length === 1 ? stations[0].code : null;
  const place = form?.place === "station" ? only : centre;
  return { id, kind, urgent, content: { ...content, payload: { ...content.payload, place } } };
}

/** Questions of the mission room about what was sent: shown, answered, and sent like all else. */
import { make, rowLink } from "./parts.js";
import { INQUIRY } from "./store.js";

const byAge = (a, b) => a.content.about.id - b.content.about.id;

/** The questions about one submission, or all of them, the oldest first. */
export async function inquiriesOf(store, submission = null) {
  const records = await store.all(INQUIRY);
  return records
    .filter(({ content }) => !submission || content.about.submission === submission)
    .sort(byAge);
}

/** Whether it waits for an answer of this person. */
const isOpen = ({ content }) => !content.payload && !content.about.answered_at;

/** The list of what is to be answered, on the page that everything begins with. */
export async function drawQuestions(app, find) {
  const open = (await inquiriesOf(app.store)).filter(isOpen);
  find("questions").hidden = open.length === 0;
  find("question-list").replaceChildren(
    ...open.map(({ content: { about } }) => {
      const place = app.placeName(about.place);
      const facts = [app.formTitle(about.form), place].filter(Boolean).join(" · ");
      const words = make("span", {}, about.question);
      words.append(make("br"), make("span", { class: "base" }, facts));
      const end = make("span", { class: "form-open" }, app.parts.say("answer"));
      return make("li", {}, rowLink(`/my/submissions/${about.submission}`, words, end));
    }),
  );
}

/** Draws the questions about a submission; what is being written stays while others change. */
export class Inquiries {
  constructor(app, list, submission) {
    this.app = app;
    this.list = list;
    this.submission = submission;
    this.drawn = new Map();
  }

  async draw() {
    const records = await inquiriesOf(this.app.store, this.submission);
    const drawn = new Map();
    for (const record of records) {
      const state = JSON.stringify([record.content, this.app.sendingId === record.id]);
      const before = this.drawn.get(record.id);
      const isSame = before && (before.state === state || (before.isForm && isOpen(record)));
      drawn.set(record.id, isSame ? before : this.item(record, state));
    }
    const items = [...drawn.values()].map(({ item }) => item);
    const isNew = items.length !== this.list.children.length;
    if (isNew || items.some((item, index) => this.list.children[index] !== item)) {
      this.list.replaceChildren(...items);
    }
    this.drawn = drawn;
    return items.length;
  }

  item(record, state) {
    const { about, payload } = record.content;
    const { formats, parts } = this.app;
    const asked = { name: about.asked_by, time: formats.moment(about.asked_at) };
    const item = make(
      "li",
      {},
      make("p", { class: "question-label" }, about.question),
      make("p", { class: "base" }, parts.say("askedBy", asked)),
    );
    if (isOpen(record)) item.append(this.form(record));
    else item.append(...this.answered(record));
    return { item, state, isForm: isOpen(record), payload };
  }

  answered({ id, content: { about, payload, reason } }) {
    const { formats, parts, sendingId } = this.app;
    if (payload) {
      const state = sendingId === id ? "sending" : "waiting";
      return [
        make("p", {}, payload.answer),
        make("span", { class: "status status-waiting" }, parts.say(state)),
        make("p", { class: "base" }, parts.say(reason || "thanks")),
      ];
    }
    const time = formats.moment(about.answered_at);
    if (!about.answer) return [make("p", { class: "base" }, parts.say("answeredByCorrecting"))];
    return [
      make("p", {}, about.answer),
      make("p", { class: "base" }, parts.say("answeredAt", { time })),
    ];
  }

  form({ id }) {
    const form = this.app.parts.part("answer").querySelector("form");
    const area = form.querySelector("textarea");
    const label = form.querySelector("label");
    area.id = id.replaceAll(" ", "-");
    label.htmlFor = area.id;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = area.value.trim();
      if (!answer) return area.focus();
      await this.app.store.update(id, (content) => ({
        ...content,
        payload: { answer },
        reason: "",
        tries: 0,
      }));
      this.app.sendSoon();
    });
    return form;
  }
}

/** Visits: arrival and departure at a polling centre, each in one tap. */
import { VISIT } from "./store.js";
import { iso } from "./times.js";

const FIND_POSITION_MS = 60_000;

export class Visits {
  constructor(store, formats) {
    this.store = store;
    this.formats = formats;
    this.records = [];
  }

  /** Read them from the phone, in the order of arrival. */
  async load() {
    const records = await this.store.all(VISIT);
    const arrived = ({ content }) => Date.parse(content.payload.arrived_at) || 0;
    this.records = records.sort((a, b) => arrived(a) - arrived(b));
  }

  /** Those of one day in the mission, such as 2026-06-07. */
  ofDay = (day) =>
    this.records.filter(({ content }) => this.formats.dayOf(content.payload.arrived_at) === day);

  /** Where the person is now: today's last arrival without a departure. */
  current() {
    const today = this.ofDay(this.formats.dayOf(new Date()));
    return today.findLast(({ content }) => !content.payload.left_at) ?? null;
  }

  /** Whoever arrives somewhere has left where they were. */
  async arrive(round, place) {
    const now = iso();
    const before = this.current();
    const payload = { round, place, arrived_at: now, left_at: null, position: null };
    const record = { id: crypto.randomUUID(), kind: VISIT, content: { payload, sent: false } };
    if (before) await this.change(before, { left_at: now });
    await this.store.put([record]);
    this.addPosition(record.id);
  }

  leave = (record) => this.change(record, { left_at: iso() });
  stay = (record) => this.change(record, { left_at: null });
  move = (record, place) => this.change(record, { place });

  /** What is on the screen may be older than what is kept: the position comes when it comes. */
  change({ id }, what) {
    return this.store.update(id, (content) => changed(content, what));
  }

  /** The position comes when it is found; nobody waits for it. */
  addPosition(id) {
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => {
        const { latitude: lat, longitude: lon, accuracy: accuracy_m } = coords;
        this.change({ id }, { position: { lat, lon, accuracy_m } });
      },
      () => {},
      { enableHighAccuracy: true, timeout: FIND_POSITION_MS },
    );
  }
}

const changed = (content, what) => ({
  ...content,
  payload: { ...content.payload, ...what },
  sent: false,
  reason: "",
});

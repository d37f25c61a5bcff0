/** Times and numbers as the reader writes them, on the clocks of the mission. */

const KINDS = {
  times: (language, timeZone) => new Intl.DateTimeFormat(language, { timeZone, timeStyle: "short" }),
  days: (language, timeZone) =>
    new Intl.DateTimeFormat(language, { timeZone, day: "numeric", month: "short" }),
  dates: (language) =>
    new Intl.DateTimeFormat(language, {
      day: "numeric",
      month: "short",
      year: "numeric",
      timeZone: "UTC",
    }),
  numbers: (language) => new Intl.NumberFormat(language),
  // By which two moments are compared; Swedish days are written as ISO writes them.
  keys: (_language, timeZone) => new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short" }),
};

export class Formats {
  constructor(language, timezone) {
    this.language = language;
    this.timezone = timezone;
    this.made = {};
  }

  /** Have all of them ready before they are needed: an old phone takes 20 ms over each. */
  prepare() {
    for (const kind of Object.keys(KINDS)) this.in(kind, 0);
  }

  /** A value in one of the kinds, which is made when it is first needed. */
  in(kind, value) {
    this.made[kind] ??= KINDS[kind](this.language, this.timezone);
    return this.made[kind].format(value);
  }

  /** The hour of a moment. */
  time = (moment) => this.in("times", new Date(moment));

  /** Day and hour of a moment; the hour alone today. */
  moment(moment) {
    const at = new Date(moment);
    const isToday = this.dayOf(at) === this.dayOf(new Date());
    return isToday ? this.time(at) : `${this.in("days", at)} ${this.time(at)}`;
  }

  /** The day of a moment in the mission, such as 2026-06-07. */
  dayOf = (moment) => this.in("keys", new Date(moment));

  /** A day without an hour, such as a round's. */
  date = (day) => this.in("dates", new Date(`${day}T00:00:00Z`));

  number = (value) => this.in("numbers", value);
}

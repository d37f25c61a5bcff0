/** Times and numbers as the reader writes them, on the clocks of the mission. */

export class Formats {
  constructor(language, timezone) {
    const inZone = { timeZone: timezone };
    this.times = new Intl.DateTimeFormat(language, { ...inZone, timeStyle: "short" });
    this.days = new Intl.DateTimeFormat(language, { ...inZone, day: "numeric", month: "short" });
    this.dates = new Intl.DateTimeFormat(language, {
      day: "numeric",
      month: "short",
      year: "numeric",
      timeZone: "UTC",
    });
    this.numbers = new Intl.NumberFormat(language);
    // By which two moments are compared; Swedish days are written as ISO writes them.
    this.keys = new Intl.DateTimeFormat("sv", { ...inZone, dateStyle: "short" });
  }

  /** The hour of a moment. */
  time = (moment) => this.times.format(new Date(moment));

  /** Day and hour of a moment; the hour alone today. */
  moment(moment) {
    const at = new Date(moment);
    const isToday = this.dayOf(at) === this.dayOf(new Date());
    return isToday ? this.times.format(at) : `${this.days.format(at)} ${this.times.format(at)}`;
  }

  /** The day of a moment in the mission, such as 2026-06-07. */
  dayOf = (moment) => this.keys.format(new Date(moment));

  /** A day without an hour, such as a round's. */
  date = (day) => this.dates.format(new Date(`${day}T00:00:00Z`));

  number = (value) => this.numbers.format(value);
}

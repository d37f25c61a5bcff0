/** Times as the mission's server wants them: ISO, with this phone's distance from UTC. */
import { clockAt } from "../checklists/expressions.js";

export const iso = (moment = new Date()) => clockAt(moment).now;

/** What a time, date or dateTime input shows now. */
export function nowFor(type) {
  const now = clockAt(new Date()).now;
  if (type === "date") return now.slice(0, 10);
  return type === "time" ? now.slice(11, 16) : now.slice(0, 16);
}

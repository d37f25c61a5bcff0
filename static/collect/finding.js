/** Asks the server for polling stations by their code or name. */
import { ask } from "./server.js";

/** Gives what looks stations up at an address; nothing is found without a network. */
export const finderAt = (address) => async (text) => {
  const answer = await ask(`${address}?search=${encodeURIComponent(text)}`);
  return answer.reason ? null : answer.json;
};

/** Asks the server for polling stations by their code or name. */

/** Gives what looks stations up at an address; nothing is found without a network. */
export const finderAt = (address) => async (text) => {
  try {
    const answer = await fetch(`${address}?search=${encodeURIComponent(text)}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
};

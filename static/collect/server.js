/** Asks the mission's server, and tells its answers from those of a network's own. */

/** Why there is no answer, by the status of what came. */
const REASONS = {
  400: "refused",
  401: "signIn",
  403: "notAllowed",
  404: "refused",
  413: "tooLarge",
  415: "refused",
  429: "later",
  503: "later",
};
const LONGEST_S = 60;

/**
 * Ask for JSON. Gives `{status, json}` for an answer of ours that says yes; otherwise `{status,
 * reason, pause}`: reason is the name of a sentence, pause the seconds to wait that were asked for.
 */
export async function ask(address, { longest = LONGEST_S, ...options } = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      redirect: "manual",
      signal: AbortSignal.timeout(longest * 1000),
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
  } catch {
    return { status: 0, reason: "noNetwork", pause: 0 };
  }
  const { status } = answer;
  const pause = Number(answer.headers.get("Retry-After")) || 0;
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  // A redirect or a page of a network's own is no answer of ours, whatever its status says.
  if (!isJson) return { status, reason: status >= 500 ? "fault" : "notOurs", pause };
  const json = await answer.json().catch(() => null);
  if (json === null) return { status, reason: "noNetwork", pause };
  if (answer.ok) return { status, json };
  return { status, json, reason: REASONS[status] || (status >= 500 ? "fault" : "refused"), pause };
}

/** What an unlocked phone needs, fetched while the PIN is being typed. */
import { showCorrection, showKeptDraft, showNewForm } from "./formpage.js";
import { showHome } from "./home.js";
import { showSubmission } from "./submissionpage.js";

export { drawMenu, warnOfStorage } from "./menu.js";
export { saveAsFile } from "./saving.js";
export { Sender } from "./sending.js";
export { Visits } from "./visits.js";

/** Each page by its address: it fills the element that it is given, and gives `{refresh, leave}`. */
export const PAGES = [
  [/^\/my\/?$/, showHome],
  [/^\/my\/forms\/(?<code>[^/]+)$/, showNewForm],
  [/^\/my\/drafts\/(?<id>[^/]+)$/, showKeptDraft],
  [/^\/my\/submissions\/(?<id>[^/]+)$/, showSubmission],
  [/^\/my\/submissions\/(?<id>[^/]+)\/correct$/, showCorrection],
];

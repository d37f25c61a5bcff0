/** The menu: language, screen, room on the phone, saving, locking and signing out. */
import { make } from "./parts.js";
import { saveAsFile } from "./saving.js";
import { DRAFT, unsentOf } from "./store.js";
import { chooseTheme, chosenTheme } from "./theme.js";

const LOW_BYTES = 50_000_000;

let installing = null;
window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing = event;
});

/** Fill the menu in; `app.store` is there once the phone is unlocked. */
export function drawMenu(app, root) {
  root.replaceChildren(app.parts.part("menu"));
  const find = (name) => root.querySelector(`[data-${name}]`);
  const me = app.known?.me;
  find("who").textContent = me ? `${me.person.name} · ${me.mission.name}` : "";
  find("pages").replaceChildren(
    ...(me?.pages ?? []).map(({ label, href }) =>
      make("li", {}, make("a", { class: "form-row", href }, label)),
    ),
  );
  drawLanguages(app, find("language"), me);
  const theme = find("theme-choice");
  theme.value = chosenTheme();
  theme.addEventListener("change", () => chooseTheme(theme.value));
  find("install").hidden = !installing;
  find("install").addEventListener("click", async () => {
    await installing.prompt();
    installing = null;
    find("install").hidden = true;
  });
  for (const name of ["save", "lock", "sign-out"]) find(name).hidden = !app.store;
  find("save").addEventListener("click", async () => {
    app.frame.closeMenu();
    const saved = await saveAsFile(app.store, app.vault.about.email);
    if (!saved) app.frame.notify("nothingToSave");
  });
  find("lock").addEventListener("click", () => app.lock());
  find("sign-out").addEventListener("click", () => {
    app.frame.closeMenu();
    signOut(app);
  });
  showStorage(app, find("storage"));
}

function drawLanguages(app, select, me) {
  const languages = me?.languages ?? { [app.language]: app.language };
  select.append(
    ...Object.entries(languages).map(([code, name]) =>
      make("option", { value: code, lang: code, selected: code === app.language }, name),
    ),
  );
  select.addEventListener("change", async () => {
    if (!(await app.speak(select.value))) select.value = app.language;
  });
}

/** How much more fits on the phone, in bytes; null where the browser does not say. */
export async function freeBytes() {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  return quota === undefined ? null : Math.max(0, quota - usage);
}

/** Warn in good time, before a photo does not fit. */
export async function warnOfStorage(app) {
  const bytes = await freeBytes();
  if (bytes !== null && bytes < LOW_BYTES)
    app.frame.notify("storageLow", { values: { free: inMegabytes(app, bytes) } });
}

async function showStorage(app, line) {
  const bytes = await freeBytes();
  const kept = await navigator.storage?.persisted?.();
  const words = [];
  if (bytes !== null) words.push(app.parts.say("storage", { free: inMegabytes(app, bytes) }));
  if (kept === false) words.push(app.parts.say("mayBeCleared"));
  line.textContent = words.join(" ");
}

const inMegabytes = (app, bytes) => app.formats.number(Math.floor(bytes / 1e6));

/** Nothing is wiped unasked, and nothing that waits without its own confirmation. */
async function signOut(app) {
  const drafts = (await app.store.all(DRAFT)).length;
  const waiting = (await unsentOf(app.store)).length;
  const choice = await app.frame.choose(
    app.parts.say("signOut"),
    app.parts.say(drafts + waiting ? "signOutText" : "nothingToSave", { drafts, waiting }),
    [
      ["keep", app.parts.say("signOutKeep"), "btn-primary"],
      ["wipe", app.parts.say("signOutWipe"), "btn-outline-danger"],
      ["", app.parts.say("cancel"), "btn-outline-secondary"],
    ],
  );
  if (!choice) return;
  if (choice === "wipe" && drafts + waiting > 0) {
    const sure = await app.frame.choose(
      app.parts.say("wipe"),
      app.parts.say("wipeText", { count: drafts + waiting }),
      [
        ["save", app.parts.say("saveFirst"), "btn-primary"],
        ["wipe", app.parts.say("signOutWipe"), "btn-outline-danger"],
        ["", app.parts.say("cancel"), "btn-outline-secondary"],
      ],
    );
    if (sure === "save") await saveAsFile(app.store, app.vault.about.email);
    if (sure !== "wipe") return;
  }
  await app.signOut({ wiping: choice === "wipe" });
}

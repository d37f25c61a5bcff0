/** Buttons beside the inputs: now, here, clear; and the photos and files that are taken. */
import { orderOf } from "./answers.js";
import { readFile, readPhoto } from "./photos.js";
import { nowFor } from "./times.js";

/**
 * Make them work.
 *
 * @param {HTMLFormElement} form
 * @param {object} with_
 *   texts; position; files, those taken, by part of the page; photo, how small to make photos;
 *   largestFile in bytes; changed(part, control), told after each; tell(part, message), which
 *   shows what is wrong with an answer; reading(promise), told of each file that is being read
 */
export function startInputs(form, with_) {
  const { texts, position, files, photo, largestFile, changed, tell, reading } = with_;
  form.addEventListener("click", (event) => {
    const control = event.target.closest("button");
    const part = control?.closest("[data-field]");
    if (!part) return;
    const { now, here, addPosition: add, dropPosition: drop, clear, removePhoto } = control.dataset;
    if ((here ?? add) !== undefined && !position.best) {
      tell(part, texts[position.state]);
      return;
    }
    if (now !== undefined) {
      part.querySelector("input").value = nowFor(part.dataset.type);
    } else if (here !== undefined) {
      showPoint(part, position.best);
    } else if (add !== undefined) {
      showPositions(part, [...positionsOf(part), written(position.best)], texts);
    } else if (drop !== undefined) {
      showPositions(part, positionsOf(part).slice(0, -1), texts);
    } else if (clear !== undefined) {
      for (const input of part.querySelectorAll("input")) input.checked = false;
      // The button goes with the answer.
      part.querySelector("input").focus({ preventScroll: true });
    } else if (removePhoto !== undefined) {
      showFile(part, null, files, texts);
      part.querySelector("input").focus();
    } else {
      return;
    }
    changed(part, control);
  });
  form.addEventListener("change", ({ target }) => {
    if (target.type === "file" && target.files.length) reading(take(target));
  });
  async function take(target) {
    const part = target.closest("[data-field]");
    const [chosen] = target.files;
    const isPhoto = part.dataset.type === "image";
    part.setAttribute("aria-busy", "true");
    try {
      const read = isPhoto ? readPhoto(chosen, photo) : readFile(chosen, largestFile);
      showFile(part, await read, files, texts);
      changed(part, part);
    } catch (error) {
      // What was taken before stays.
      target.value = "";
      tell(part, texts[isPhoto ? "badPhoto" : (error.reason ?? "badFile")]);
    }
    part.removeAttribute("aria-busy");
  }
  // Before the form hears of it: the order is an answer.
  form.addEventListener(
    "input",
    (event) => {
      const part = event.target.closest('[data-field][data-type="rank"]');
      if (part) showRank(part);
    },
    { capture: true },
  );
}

/** Number what is chosen by the order in which it was tapped. */
export function showRank(part) {
  const checked = [...part.querySelectorAll("input:checked")].map((input) => input.value);
  const before = orderOf(part).filter((name) => checked.includes(name));
  const order = [...before, ...checked.filter((name) => !before.includes(name))];
  part.dataset.order = order.join(" ");
  for (const choice of part.querySelectorAll(".choice")) {
    const rank = order.indexOf(choice.querySelector("input").value) + 1;
    if (rank) choice.dataset.rank = rank;
    else delete choice.dataset.rank;
  }
}

const positionsOf = (part) => part.querySelector("input").value.split("; ").filter(Boolean);

function written({ lat, lon, accuracy_m: metres }) {
  const place = [lat, lon].map((degrees) => degrees.toFixed(7)).join(" ");
  return `${place} 0 ${metres}`;
}

/** Show the positions of a way or an area, which are its answer. */
export function showPositions(part, positions, texts) {
  part.querySelector("input").value = positions.join("; ");
  part.querySelector("output").textContent = positions.length
    ? texts.positions.replace("{count}", positions.length)
    : "";
  const drop = part.querySelector("[data-drop-position]");
  if (drop) drop.hidden = positions.length === 0;
}

/** Show a position, which is the answer; null for none. */
export function showPoint(part, point) {
  part.querySelector("input").value = point ? JSON.stringify(point) : "";
  part.querySelector("output").textContent = point ? inWords(point) : "";
}

function inWords({ lat, lon, accuracy_m: metres }) {
  const place = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  return metres === null || metres === undefined ? place : `${place} (± ${metres} m)`;
}

/**
 * Show a file as the answer; null for none. One that this phone does not have any more, because
 * the mission has it, is without a blob.
 */
export function showFile(part, file, files, texts) {
  const [shown, picture] = [part.querySelector(".photo"), part.querySelector(".photo img")];
  forgetPicture(picture);
  shown.hidden = file === null;
  if (file) files.set(part, file);
  else files.delete(part);
  if (picture) picture.hidden = !file?.blob;
  if (picture && file?.blob) picture.src = URL.createObjectURL(file.blob);
  const isNamed = picture && file?.blob;
  shown.querySelector("[data-file-name]").textContent = fileName(file, isNamed, texts);
  part.querySelector("input").value = "";
}

function fileName(file, isNamed, texts) {
  if (!file || isNamed) return "";
  return file.name || (file.type?.startsWith("image/") ? texts.photo : texts.file);
}

function forgetPicture(picture) {
  if (!picture?.src) return;
  URL.revokeObjectURL(picture.src);
  picture.removeAttribute("src");
}

/** Let the browser forget the pictures that are shown of what was taken. */
export function forgetPictures(form) {
  for (const picture of form.querySelectorAll(".photo img")) forgetPicture(picture);
}

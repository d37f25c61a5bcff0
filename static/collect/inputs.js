/** Buttons beside the inputs: now, here, clear; and the photos and files that are taken. */
import { orderOf } from "./answers.js";
import { readFile, readPhoto } from "./photos.js";
import { nowFor } from "./times.js";

/** Make them work; `tell(field, message)` shows what is wrong with a field. */
export function startInputs(form, texts, position, photos, changed, tell) {
  form.addEventListener("click", (event) => {
    const part = event.target.closest("[data-field]");
    if (event.target.closest("[data-now]")) {
      part.querySelector("input").value = nowFor(part.dataset.type);
    } else if (event.target.closest("[data-here]")) {
      takePosition(part, position);
    } else if (event.target.closest("[data-add-position]")) {
      addPosition(part, position, texts);
    } else if (event.target.closest("[data-drop-position]")) {
      showPositions(part, positionsOf(part).slice(0, -1), texts);
    } else if (event.target.closest("[data-clear]")) {
      for (const input of part.querySelectorAll("input")) input.checked = false;
    } else if (event.target.closest("[data-remove-photo]")) {
      showPhoto(part, null, photos);
    } else {
      return;
    }
    changed(part.dataset.field);
  });
  form.addEventListener("change", async (event) => {
    const part = event.target.closest("[data-field]");
    if (event.target.type !== "file" || !event.target.files.length) return;
    const [file] = event.target.files;
    const isPhoto = part.dataset.type === "image";
    try {
      showPhoto(part, await (isPhoto ? readPhoto(file) : readFile(file)), photos);
      changed(part.dataset.field);
    } catch (error) {
      showPhoto(part, null, photos);
      tell(part.dataset.field, texts[isPhoto ? "badPhoto" : (error.reason ?? "badFile")]);
    }
  });
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

function addPosition(part, position, texts) {
  if (!position.best) return;
  const { lat, lon, accuracy_m: metres } = position.best;
  const place = [lat, lon].map((degrees) => degrees.toFixed(7)).join(" ");
  showPositions(part, [...positionsOf(part), `${place} 0 ${metres}`], texts);
}

function showPositions(part, positions, texts) {
  part.querySelector("input").value = positions.join("; ");
  part.querySelector("output").textContent = positions.length
    ? texts.positions.replace("{count}", positions.length)
    : "";
  part.querySelector("[data-drop-position]").hidden = positions.length === 0;
}

function takePosition(part, position) {
  if (!position.best) return;
  part.querySelector("input").value = JSON.stringify(position.best);
  const { lat, lon, accuracy_m: metres } = position.best;
  part.querySelector("output").textContent = `${lat.toFixed(5)}, ${lon.toFixed(5)} (± ${metres} m)`;
}

function showPhoto(part, photo, photos) {
  const [shown, picture] = [part.querySelector(".photo"), part.querySelector("img")];
  if (picture?.src) URL.revokeObjectURL(picture.src);
  shown.hidden = photo === null;
  part.querySelector("[data-file-name]").textContent = photo?.name ?? "";
  if (photo) {
    photos.set(part.dataset.field, photo);
    if (picture) picture.src = URL.createObjectURL(photo.blob);
  } else {
    photos.delete(part.dataset.field);
    picture?.removeAttribute("src");
    part.querySelector("input").value = "";
  }
}

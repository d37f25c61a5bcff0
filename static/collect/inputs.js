/** Buttons beside the inputs: now, here, clear; and the photos that are taken. */
import { readPhoto } from "./photos.js";
import { nowFor } from "./times.js";

/** Make them work; `tell(field, message)` shows what is wrong with a field. */
export function startInputs(form, texts, position, photos, changed, tell) {
  form.addEventListener("click", (event) => {
    const part = event.target.closest("[data-field]");
    if (event.target.closest("[data-now]")) {
      part.querySelector("input").value = nowFor(part.dataset.type);
    } else if (event.target.closest("[data-here]")) {
      takePosition(part, position);
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
    try {
      showPhoto(part, await readPhoto(event.target.files[0]), photos);
      changed(part.dataset.field);
    } catch {
      showPhoto(part, null, photos);
      tell(part.dataset.field, texts.badPhoto);
    }
  });
}

function takePosition(part, position) {
  if (!position.best) return;
  part.querySelector("input").value = JSON.stringify(position.best);
  const { lat, lon, accuracy_m: metres } = position.best;
  part.querySelector("output").textContent = `${lat.toFixed(5)}, ${lon.toFixed(5)} (± ${metres} m)`;
}

function showPhoto(part, photo, photos) {
  const [shown, picture] = [part.querySelector(".photo"), part.querySelector("img")];
  if (picture.src) URL.revokeObjectURL(picture.src);
  shown.hidden = photo === null;
  if (photo) {
    photos.set(part.dataset.field, photo);
    picture.src = URL.createObjectURL(photo.blob);
  } else {
    photos.delete(part.dataset.field);
    picture.removeAttribute("src");
    part.querySelector("input").value = "";
  }
}

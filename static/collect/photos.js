/**
 * Photos: made small, without what the camera wrote besides, and named by their SHA-256; and
 * other files, which are sent as they are.
 */

const LONGEST_EDGE = 1600;
const MOST_BYTES = 400_000;
const MOST_FILE_BYTES = 9_500_000;
const QUALITIES = [0.85, 0.7, 0.55, 0.4];

/** The photo as it is sent. Throws where this phone cannot read the file as a picture. */
export async function readPhoto(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  let blob = null;
  for (const quality of QUALITIES) {
    blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob.size <= MOST_BYTES) break;
  }
  return { blob, sha256: await sha256(blob), type: "image/jpeg" };
}

/** A recording or another file as it is sent. Throws an error with a `reason` where it is not. */
export async function readFile(file) {
  if (file.size > MOST_FILE_BYTES) throw Object.assign(new Error(), { reason: "largeFile" });
  if (!/^(audio|video|image)\/|^application\/pdf$/.test(file.type)) {
    throw Object.assign(new Error(), { reason: "badFile" });
  }
  // Read at once: the file may be gone when it is sent.
  const blob = new Blob([await file.arrayBuffer()], { type: file.type });
  return { blob, sha256: await sha256(blob), type: file.type, name: file.name };
}

async function sha256(blob) {
  const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

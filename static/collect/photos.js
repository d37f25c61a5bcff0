/**
 * Photos: made small, without what the camera wrote besides, and named by their SHA-256; and
 * other files, which are sent as they are.
 */

const QUALITIES = [0.85, 0.7, 0.55, 0.4];
const SMALLER = 0.75;

/**
 * The photo as it is sent: no edge longer and no byte more than allowed. Throws where this phone
 * cannot read the file as a picture.
 */
export async function readPhoto(file, { longest_edge: longestEdge, most_bytes: mostBytes }) {
  let canvas = await drawn(file, longestEdge);
  try {
    for (;;) {
      for (const quality of QUALITIES) {
        const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (!blob) throw new Error("no picture");
        if (blob.size <= mostBytes || Math.max(canvas.width, canvas.height) === 1) {
          return { blob, sha256: await sha256(blob), type: "image/jpeg" };
        }
      }
      const larger = canvas;
      canvas = copy(larger, larger.width * SMALLER, larger.height * SMALLER);
      release(larger);
    }
  } finally {
    release(canvas);
  }
}

/** The picture the right way up, drawn from the file without a second one of its full size. */
async function drawn(file, longestEdge) {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try {
    await new Promise((done, fail) => {
      picture.onload = done;
      picture.onerror = () => fail(new Error("no picture"));
    });
    const { naturalWidth: width, naturalHeight: height } = picture;
    const scale = Math.min(1, longestEdge / Math.max(width, height));
    return copy(picture, width * scale, height * scale);
  } finally {
    URL.revokeObjectURL(picture.src);
    picture.removeAttribute("src");
  }
}

function copy(picture, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const context = canvas.getContext("2d", { alpha: false });
  // What is transparent would become black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Give the memory back at once, which old phones have little of. */
function release(canvas) {
  canvas.width = 0;
  canvas.height = 0;
}

/** A recording or another file as it is sent. Throws an error with a `reason` where it is not. */
export async function readFile(file, mostBytes) {
  if (file.size > mostBytes) throw Object.assign(new Error(), { reason: "largeFile" });
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

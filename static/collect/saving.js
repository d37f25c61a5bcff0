/** Saves what is not sent as a file that the mission room imports: a record on each line. */
import { DRAFT, VISIT, WAITING } from "./store.js";
import { iso } from "./times.js";

/** Offer everything that is not sent as a download, photos and all; gives how many lines it has. */
export async function saveAsFile(store, email) {
  const visits = (await store.all(VISIT)).filter(({ content }) => !content.sent);
  const sent_at = iso();
  const lines = visits.map(({ id, content }) => ({
    visit: { id, ...content.payload, sent_at },
    email,
  }));
  for (const record of await store.all(WAITING, DRAFT)) {
    lines.push(await lineOf(store, record, email));
  }
  if (lines.length) offer(lines.map((line) => `${JSON.stringify(line)}\n`));
  return lines.length;
}

function offer(lines) {
  const file = new Blob(lines, { type: "application/x-ndjson" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `observer-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}.ndjson`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function lineOf(store, { id, content }, email) {
  const line = { ...content.payload, email };
  const files = await store.files(id);
  if (files.length) {
    const written = files.map(async ({ sha256, blob }) => [sha256, await base64(blob)]);
    line.files = Object.fromEntries(await Promise.all(written));
  }
  return line;
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Saves what waits as a file that the mission room imports: a submission on each line. */

/** Offer the records as a download, photos and all. */
export async function saveAsFile(phone, records) {
  const lines = await Promise.all(records.map((record) => lineOf(phone, record)));
  const file = new Blob(lines, { type: "application/x-ndjson" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `observer-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}.ndjson`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function lineOf(phone, record) {
  const line = { ...record.payload, email: phone.email };
  if (record.files.length) {
    const files = record.files.map(async ({ sha256, blob }) => [sha256, await base64(blob)]);
    line.files = Object.fromEntries(await Promise.all(files));
  }
  return `${JSON.stringify(line)}\n`;
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

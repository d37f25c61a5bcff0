/**
 * The lock on what is kept on a phone. What a person reports is encrypted with a key made for them;
 * the key itself is kept wrapped twice: by their PIN, and by a secret that only the mission's
 * server knows, for a person who has forgotten the PIN and signs in anew.
 */

const ITERATIONS = 600_000;
export const LEAST_PIN = 6;

const CIPHER = "AES-GCM";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Bytes as a server writes them in JSON. */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

async function wrapperOfPin(pin, salt, iterations) {
  const secret = encoder.encode(pin.normalize("NFKC"));
  const material = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  const kind = { name: CIPHER, length: 256 };
  return crypto.subtle.deriveKey(how, material, kind, false, ["wrapKey", "unwrapKey"]);
}

const wrapperOfSecret = (secret) =>
  crypto.subtle.importKey("raw", secret, CIPHER, false, ["wrapKey", "unwrapKey"]);

async function wrap(key, wrapper) {
  const iv = random(12);
  return { iv, bytes: await crypto.subtle.wrapKey("raw", key, wrapper, { name: CIPHER, iv }) };
}

async function unwrap({ iv, bytes }, wrapper, extractable = false) {
  const uses = ["encrypt", "decrypt"];
  const how = { name: CIPHER, iv };
  try {
    return await crypto.subtle.unwrapKey("raw", bytes, wrapper, how, CIPHER, extractable, uses);
  } catch {
    // The one thing that fails here is the check of what was unwrapped.
    return null;
  }
}

async function lockedBy(key, pin) {
  const salt = random(16);
  const wrapper = await wrapperOfPin(pin, salt, ITERATIONS);
  return { salt, iterations: ITERATIONS, byPin: await wrap(key, wrapper) };
}

/** A vault for a person, and its key. `recovery` is the server's secret for this `phone`. */
export async function makeVault(person, phone, pin, recovery) {
  const kind = { name: CIPHER, length: 256 };
  const made = await crypto.subtle.generateKey(kind, true, ["encrypt", "decrypt"]);
  const byRecovery = await wrap(made, await wrapperOfSecret(recovery));
  const vault = {
    person: person.id,
    about: person,
    phone,
    byRecovery,
    ...(await lockedBy(made, pin)),
  };
  return { vault, key: await openVault(vault, pin) };
}

/** The vault's key; null where this is not its PIN. */
export async function openVault(vault, pin) {
  return unwrap(vault.byPin, await wrapperOfPin(pin, vault.salt, vault.iterations));
}

/** The vault with a new PIN in the place of a forgotten one, and its key; null where the secret is not its own. */
export async function changePin(vault, recovery, pin) {
  const key = await unwrap(vault.byRecovery, await wrapperOfSecret(recovery), true);
  if (!key) return null;
  const changed = { ...vault, ...(await lockedBy(key, pin)) };
  return { vault: changed, key: await openVault(changed, pin) };
}

/** Bytes that only the key opens again; `name` binds them to the record that they belong to. */
export async function seal(key, name, bytes) {
  const iv = random(12);
  const how = { name: CIPHER, iv, additionalData: encoder.encode(name) };
  return { iv, bytes: await crypto.subtle.encrypt(how, key, bytes) };
}

/** The bytes that were sealed under this name. Throws where they were not. */
export function unseal(key, name, { iv, bytes }) {
  const how = { name: CIPHER, iv, additionalData: encoder.encode(name) };
  return crypto.subtle.decrypt(how, key, bytes);
}

export const sealJson = (key, name, content) =>
  seal(key, name, encoder.encode(JSON.stringify(content)));

export const unsealJson = async (key, name, sealed) =>
  JSON.parse(decoder.decode(await unseal(key, name, sealed)));

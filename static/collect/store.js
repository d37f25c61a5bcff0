/** What is kept on the phone until the mission has it: one record for each finished submission. */
import { openDB } from "../vendor/idb/index.js";

let opened = null;

function open() {
  opened ??= openDB("observer", 1, {
    upgrade(database) {
      database.createObjectStore("outbox", { keyPath: "id" }).createIndex("person", "person");
    },
    // A newer version of these pages is open elsewhere, or the browser closed the database.
    blocking: () => reopen(),
    terminated: () => reopen(),
  });
  return opened;
}

function reopen() {
  opened?.then((database) => database.close()).catch(() => {});
  opened = null;
}

/** Do something with the database; once more on a new connection where the old one was lost. */
async function withDatabase(act) {
  try {
    return await act(await open());
  } catch {
    reopen();
    return act(await open());
  }
}

export const keep = (record) => withDatabase((database) => database.put("outbox", record));
export const forget = (id) => withDatabase((database) => database.delete("outbox", id));

/** A person's own records, the oldest first. */
export async function waiting(person) {
  const all = await withDatabase((database) =>
    database.getAllFromIndex("outbox", "person", person),
  );
  return all.sort((a, b) => a.queuedAt.localeCompare(b.queuedAt));
}

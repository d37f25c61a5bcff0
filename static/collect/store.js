/**
 * What is kept on the phone. Records and their files are sealed by their person's key; what they
 * are listed by (kind, order, urgency) is not. Pages of forms are nobody's own and stay plain.
 */
import { openDB } from "../vendor/idb/index.js";
import { seal, sealJson, unseal, unsealJson } from "./vault.js";

/**
 * What a record is: being filled, waiting to be sent, received, a visit, a question of the mission
 * room, or what a server said.
 */
export const DRAFT = "draft";
export const WAITING = "waiting";
export const SENT = "sent";
export const VISIT = "visit";
export const INQUIRY = "inquiry";
export const KNOWN = "known";

const CHANGES = "observer-changes";
let opened = null;

function open() {
  opened ??= openDB("observer", 2, {
    upgrade(database, before) {
      if (before < 1) {
        database.createObjectStore("outbox", { keyPath: "id" }).createIndex("person", "person");
      }
      database.createObjectStore("vaults", { keyPath: "person" });
      database.createObjectStore("pages", { keyPath: "key" });
      const records = database.createObjectStore("records", { keyPath: ["person", "id"] });
      records.createIndex("person", "person");
      records.createIndex("order", "order");
      const files = database.createObjectStore("files", { keyPath: ["person", "id", "sha256"] });
      files.createIndex("person", "person");
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
  } catch (error) {
    if (isFull(error)) throw error;
    reopen();
    return act(await open());
  }
}

/**
 * Write in one transaction: all of it or nothing is there when the promise is kept. What is written
 * "relaxed" outlives the browser, but not the phone: that takes too long for each keystroke.
 */
const inTransaction = (names, act, durability = "strict") =>
  withDatabase(async (database) => {
    const transaction = database.transaction(names, "readwrite", { durability });
    const [acted, done] = await Promise.allSettled([act(transaction), transaction.done]);
    // What was asked of a transaction that fails says only that it failed; itself, why.
    const failed = [done, acted].find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
  });

const isFull = (error) => error?.name === "QuotaExceededError";

export const vaultOf = (person) => withDatabase((database) => database.get("vaults", person));
export const keepVault = (vault) =>
  inTransaction(["vaults"], (transaction) => transaction.objectStore("vaults").put(vault));

/** The vault that was opened last on this phone; undefined where there is none. */
export async function lastVault() {
  const all = await withDatabase((database) => database.getAll("vaults"));
  return all.sort((a, b) => (b.openedAt ?? 0) - (a.openedAt ?? 0))[0];
}

export const pageNamed = (key) => withDatabase((database) => database.get("pages", key));

/** Keep a page for the time without a network; a full phone goes on without it. */
export const keepPage = (page) =>
  inTransaction(["pages"], (transaction) => transaction.objectStore("pages").put(page)).catch(
    (error) => {
      if (!isFull(error)) throw error;
    },
  );

/** Forget a person on this phone: the vault, and all that it locks; other tabs are told. */
export async function wipe(person) {
  await inTransaction(["vaults", "records", "files", "outbox"], async (transaction) => {
    await transaction.objectStore("vaults").delete(person);
    for (const name of ["records", "files", "outbox"]) {
      const store = transaction.objectStore(name);
      const keys = await store.index("person").getAllKeys(person);
      await Promise.all(keys.map((key) => store.delete(key)));
    }
  });
  const channel = new BroadcastChannel(CHANGES);
  channel.postMessage({ person, isWiped: true });
  channel.close();
}

const ownFiles = (person, id) => IDBKeyRange.bound([person, id], [person, id, []]);
const fileName = (id, sha256) => `${id}/${sha256}`;

/**
 * The records of one person, opened with their key. What a full phone does not take is held in
 * memory for as long as the page is open, and `isFull` says so.
 */
export class Store {
  /**
   * `changed` is told whenever something was written, here or in another tab; `wiped`, when another
   * tab has forgotten this person.
   */
  constructor(person, key, { changed, wiped }) {
    this.person = person;
    this.key = key;
    this.changed = changed;
    // Opened once: a list of hundreds is drawn often, and what is sealed is slow to read.
    this.records = null;
    this.updating = Promise.resolve();
    this.writing = Promise.resolve();
    this.unkept = new Map();
    this.unkeptFiles = new Map();
    this.channel = new BroadcastChannel(CHANGES);
    this.channel.onmessage = async ({ data }) => {
      if (data.person !== person) return;
      if (data.isWiped) return void wiped();
      await this.readAgain(data.ids);
      this.changed();
    };
  }

  get isFull() {
    return this.unkept.size > 0 || this.unkeptFiles.size > 0;
  }

  close() {
    this.channel.close();
    this.records = null;
  }

  /** All records of these kinds: the urgent ones first, then in the order in which they came. */
  async all(...kinds) {
    this.records ??= this.readAll();
    const records = new Map([...(await this.records), ...this.unkept]);
    return [...records.values()]
      .filter(({ kind }) => kinds.includes(kind))
      .sort((a, b) => Number(b.urgent) - Number(a.urgent) || a.order - b.order);
  }

  async readAll() {
    const sealed = await withDatabase((database) =>
      database.getAllFromIndex("records", "person", this.person),
    );
    const records = await Promise.all(sealed.map((record) => this.unlocked(record)));
    return new Map(records.map((record) => [record.id, record]));
  }

  async readAgain(ids) {
    const records = await this.records;
    if (!records) return;
    for (const id of ids) {
      const record = await this.get(id);
      if (record) records.set(id, record);
      else records.delete(id);
    }
  }

  /** The record with this id as it is now, whoever wrote it last; null where there is none. */
  async get(id) {
    if (this.unkept.has(id)) return this.unkept.get(id);
    const record = await withDatabase((database) => database.get("records", [this.person, id]));
    return record ? this.unlocked(record) : null;
  }

  async unlocked({ id, kind, order, urgent, written, sealed }) {
    const content = await unsealJson(this.key, id, sealed);
    return { id, kind, order, urgent, written, content };
  }

  /**
   * Do one write after the other, as they were asked for. What is sealed slowly would otherwise come
   * last: a draft over the submission that it has become.
   */
  inOrder(act) {
    const done = this.writing.then(act);
    this.writing = done.catch(() => {});
    return done;
  }

  /** Keep records, each in the place of one with the same id; `without` are forgotten with it. */
  put(records, options = {}) {
    return this.inOrder(() => this.putNow(records, options));
  }

  async putNow(records, { without = [], durability }) {
    const written = records.map((one) => ({ urgent: false, ...one, written: crypto.randomUUID() }));
    const sealed = await Promise.all(
      written.map(async ({ id, kind, urgent, written, content }) => ({
        person: this.person,
        ...{ id, kind, urgent, written },
        sealed: await sealJson(this.key, id, content),
      })),
    );
    const orders = new Map();
    const write = async (transaction) => {
      if (!(await this.hasVault(transaction))) return;
      const store = transaction.objectStore("records");
      const last = await store.index("order").openKeyCursor(null, "prev");
      let order = last?.key ?? 0;
      for (const record of sealed) {
        const before = await store.get([this.person, record.id]);
        // Another tab may still have had as a draft what has been finished here.
        if (record.kind === DRAFT && before?.kind === WAITING) continue;
        // What is finished goes to the end of the line.
        const stays = before?.kind === record.kind;
        orders.set(record.id, stays ? before.order : (order += 1));
        await store.put({ ...record, order: orders.get(record.id) });
      }
      for (const id of without) await this.delete(transaction, id);
    };
    try {
      await inTransaction(["vaults", "records", "files"], write, durability);
      for (const { id } of written) this.unkept.delete(id);
    } catch (error) {
      if (!isFull(error)) throw error;
      for (const record of written) this.unkept.set(record.id, { ...record, order: Infinity });
    }
    const known = await this.records;
    for (const record of written)
      if (orders.has(record.id))
        known?.set(record.id, { ...record, order: orders.get(record.id) });
    for (const id of without) known?.delete(id);
    this.tell([...orders.keys(), ...without]);
  }

  /** Whether this person is still known here: what was under way when all was wiped is not kept. */
  async hasVault(transaction) {
    return Boolean(await transaction.objectStore("vaults").getKey(this.person));
  }

  /**
   * Change what a record holds as it is now, one change after the other: `change` is given its
   * content and gives the new one, or null where it is to stay. A record that is gone stays gone.
   */
  update(id, change) {
    const act = async () => {
      const record = await this.get(id);
      const content = record && change(record.content);
      if (content) await this.put([{ ...record, content }]);
    };
    this.updating = this.updating.catch(() => {}).then(act);
    return this.updating;
  }

  /** Forget records with their files. */
  remove(...ids) {
    return this.inOrder(() => this.removeNow(ids));
  }

  async removeNow(ids) {
    await inTransaction(["records", "files"], async (transaction) => {
      for (const id of ids) await this.delete(transaction, id);
    });
    const known = await this.records;
    for (const id of ids) known?.delete(id);
    this.tell(ids);
  }

  async delete(transaction, id) {
    this.unkept.delete(id);
    await transaction.objectStore("records").delete([this.person, id]);
    await this.deleteFiles(transaction, id);
  }

  async deleteFiles(transaction, id) {
    this.unkeptFiles.delete(id);
    await transaction.objectStore("files").delete(ownFiles(this.person, id));
  }

  /** Keep a file of a record, beside the record and whether or not there is one yet. */
  async putFile(id, { sha256, type, name = "", blob }) {
    const sealed = await seal(this.key, fileName(id, sha256), await blob.arrayBuffer());
    try {
      await inTransaction(["vaults", "files"], async (transaction) => {
        if (!(await this.hasVault(transaction))) return;
        const file = { person: this.person, id, sha256, type, name, sealed };
        await transaction.objectStore("files").put(file);
      });
    } catch (error) {
      if (!isFull(error)) throw error;
      const others = this.unkeptFiles.get(id) ?? [];
      this.unkeptFiles.set(id, [...others, { sha256, type, name, blob }]);
      this.changed();
    }
  }

  /** The files of a record: `{sha256, type, name, blob}`. */
  async files(id) {
    const found = await withDatabase((database) =>
      database.getAll("files", ownFiles(this.person, id)),
    );
    const kept = found.map(async ({ sha256, type, name, sealed }) => {
      const bytes = await unseal(this.key, fileName(id, sha256), sealed);
      return { sha256, type, name, blob: new Blob([bytes], { type }) };
    });
    return [...(await Promise.all(kept)), ...(this.unkeptFiles.get(id) ?? [])];
  }

  /** Forget one file of a record. */
  async removeFile(id, sha256) {
    const others = (this.unkeptFiles.get(id) ?? []).filter((one) => one.sha256 !== sha256);
    if (others.length) this.unkeptFiles.set(id, others);
    else this.unkeptFiles.delete(id);
    await inTransaction(["files"], (transaction) =>
      transaction.objectStore("files").delete([this.person, id, sha256]),
    );
  }

  /** Put under lock what an earlier release of these pages kept open. */
  async takeOver() {
    const plain = await withDatabase((database) =>
      database.getAllFromIndex("outbox", "person", this.person),
    );
    plain.sort((a, b) => a.queuedAt.localeCompare(b.queuedAt));
    for (const { id, payload, files } of plain) {
      const record = recordId(id, payload.revision);
      for (const file of files) await this.putFile(record, { ...file, type: file.blob.type });
      await this.put([{ id: record, kind: WAITING, content: { payload, tries: 0, reason: "" } }]);
      await withDatabase((database) => database.delete("outbox", id));
    }
  }

  tell(ids) {
    this.channel.postMessage({ person: this.person, ids });
    this.changed();
  }
}

/** What a person has done that waits to be sent: submissions, and answers to questions. */
export const unsentOf = async (store) =>
  (await store.all(WAITING, INQUIRY)).filter(
    ({ kind, content }) => kind === WAITING || content.payload,
  );

/** The id of the record of one revision of a submission, until it is received. */
export const recordId = (submission, revision) => `${submission}:${revision}`;

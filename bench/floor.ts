import { createHash } from "node:crypto"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { dataOf } from "./app.ts"

/** Rows made by hand, many in one commit. */
export type HandMade = {
  create(i: number): Promise<void>
  /** One more event, and another document, of the `key`th entity that was made. */
  change(key: number, i: number): Promise<void>
  close(): void
}

/**
 * The same rows inserted by hand, with the same durability and the same group commit: what the disk and SQLite allow.
 * One row each for the transaction, the command, the entity, its version and the event, and their unique indexes.
 */
export function handMade(folder: string): HandMade {
  const db = new DatabaseSync(join(folder, "floor.sqlite"))
  db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;
    CREATE TABLE transactions(t INTEGER PRIMARY KEY, at INTEGER, command INTEGER, hash BLOB) STRICT;
    CREATE TABLE commands(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type INTEGER, data TEXT, state INTEGER) STRICT;
    CREATE TABLE entities(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type INTEGER) STRICT;
    CREATE TABLE versions(entity INTEGER, from_t INTEGER, to_t INTEGER, document TEXT, PRIMARY KEY(entity, from_t)) STRICT, WITHOUT ROWID;
    CREATE TABLE events(pos INTEGER PRIMARY KEY, id TEXT, entity INTEGER, version INTEGER, type INTEGER, data TEXT) STRICT;
    CREATE UNIQUE INDEX events_stream ON events(entity, version);`)
  const [begin, commit] = [db.prepare("BEGIN IMMEDIATE"), db.prepare("COMMIT")]
  const transaction = db.prepare("INSERT INTO transactions VALUES(?,?,?,?)")
  const command = db.prepare("INSERT INTO commands VALUES(?,?,?,?,?)")
  const entity = db.prepare("INSERT INTO entities VALUES(?,?,?)")
  const version = db.prepare("INSERT INTO versions VALUES(?,?,?,?)")
  const event = db.prepare("INSERT INTO events VALUES(?,?,?,?,?,?)")
  const length = db.prepare("SELECT max(version) AS n FROM events WHERE entity = ?")
  const newest = db.prepare("SELECT document FROM versions WHERE entity = ? ORDER BY from_t DESC LIMIT 1")
  let t = 0
  let keys = 0
  let before = Buffer.alloc(0)
  const insert = (i: number, changed: number | null) => {
    t++
    const text = JSON.stringify(dataOf(i))
    before = createHash("sha256").update(before).update(text).digest()
    transaction.run(t, Date.now(), t, before)
    command.run(t, crypto.randomUUID(), 1, text, 1)
    const key = changed ?? ++keys
    let place = 1
    let document = text
    if (changed === null) entity.run(key, `Plain-${i}`, 1)
    else {
      place = Number(length.get(key)?.["n"] ?? 0) + 1
      const { name, quantity } = dataOf(i)
      document = JSON.stringify({ ...JSON.parse(String(newest.get(key)?.["document"])), name, quantity })
    }
    version.run(key, t, Number.MAX_SAFE_INTEGER, document)
    event.run(t * 4_096, crypto.randomUUID(), key, place, 1, text)
  }
  let waiting: { i: number; changed: number | null; done: () => void }[] = []
  const flush = () => {
    const batch = waiting
    waiting = []
    begin.run()
    for (const { i, changed } of batch) insert(i, changed)
    commit.run()
    for (const { done } of batch) done()
  }
  const ask = (i: number, changed: number | null) =>
    new Promise<void>(done => {
      waiting.push({ i, changed, done })
      if (waiting.length === 1) setImmediate(flush)
    })
  return { create: i => ask(i, null), change: (key, i) => ask(i, key), close: () => db.close() }
}

import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, expect, test } from "vitest"
import { scalar } from "../../../src/adapters/sqlite/driver.ts"
import { applicationId, migrate } from "../../../src/adapters/sqlite/migrate.ts"
import { versionsLeadToEvents } from "../../../src/adapters/sqlite/steps.ts"
import type { Instance } from "../../../src/kernel/instance.ts"
import { aTransaction, anInstance, writer } from "../../../src/testing/writes.ts"
import { aFile, aPlace, findings, refusalOf } from "./place.ts"

const first = "CREATE TABLE things(id TEXT)"
const second = "ALTER TABLE things ADD COLUMN size INTEGER; CREATE INDEX things_by_size ON things(size)"
const one = { whole: first, steps: [null] }
const two = { whole: `${first}; ${second}`, steps: [null, second] }
const place = { path: "daybook.db", readonly: false }
let db: DatabaseSync

beforeEach(() => {
  db = new DatabaseSync(":memory:")
})
afterEach(() => db.close())

test("a new file gets the newest tables, and says whose it is", () => {
  migrate(db, place, two)
  expect(scalar(db, "PRAGMA user_version")).toBe(2)
  expect(scalar(db, "PRAGMA application_id")).toBe(applicationId)
  expect(scalar(db, "SELECT count(*) FROM sqlite_schema")).toBe(2)
})

test("an old file is brought to the new tables with what is in it", () => {
  migrate(db, place, one)
  db.exec("INSERT INTO things VALUES('a')")
  migrate(db, place, two)
  migrate(db, place, two)
  expect(scalar(db, "PRAGMA user_version")).toBe(2)
  expect(scalar(db, "SELECT id FROM things WHERE size IS NULL")).toBe("a")
})

test("a file from before the archive gets it, and keeps what is in it [W55]", async () => {
  const path = aPlace()
  const before = aFile(path)
  before.store.commit([aTransaction({ id: "a" })])
  before.db.exec(`DROP TABLE archived_commands; ${toFourthVersion}; PRAGMA user_version = 3`)
  before.close()
  const { store } = aFile(path)
  expect(store.commit([aTransaction({ id: "move", archive: { ids: ["a"] } })])).toMatchObject([{ kind: "done" }])
  expect(store.commit([aTransaction({ id: "a" })])).toEqual([{ kind: "duplicate" }])
  expect(await findings(store)).toEqual([])
})

test("a file from before the first release is refused with what to do, and a new one begins with it", () => {
  const fresh = { whole: first, steps: [null, null] }
  migrate(db, place, fresh)
  expect(scalar(db, "PRAGMA user_version")).toBe(2)
  db.exec("PRAGMA user_version = 1")
  for (const readonly of [false, true]) {
    const refusal = refusalOf(() => migrate(db, { ...place, readonly }, fresh))
    expect(refusal).toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/before its release \(tables 1, here 2\): export it with that one/) as string,
      facts: { version: 1, tablesVersion: 2 },
    })
  }
})

test("a step that fails leaves the file at the version before it, whole", () => {
  migrate(db, place, one)
  const broken = "ALTER TABLE things ADD COLUMN size INTEGER; INSERT INTO nowhere VALUES(1)"
  expect(refusalOf(() => migrate(db, place, { ...two, steps: [null, broken] }))).toBeInstanceOf(Error)
  expect(scalar(db, "PRAGMA user_version")).toBe(1)
  migrate(db, place, two)
  expect(scalar(db, "PRAGMA user_version")).toBe(2)
})

test("an old file that may only be read is refused", () => {
  migrate(db, place, one)
  const readonly = { ...place, readonly: true }
  expect(refusalOf(() => migrate(db, readonly, two))).toMatchObject({ code: "unavailable" })
  expect(refusalOf(() => migrate(db, readonly, one))).toBe(null)
})

test("a file of the second version is brought to the third with all its streams and versions", async () => {
  const { db, store } = aFile()
  const write = writer()
  const [first, made] = [write.put("a", { n: 1 }), write.put("b", { n: 1 })]
  // Two events of one entity in one transaction: it is another from the last one on.
  const [again] = write.put("b", { n: 2 }).events
  const whole = write.put("a", { n: 2 })
  const events = [{ ...made.events[0]!, kind: null }, ...whole.events, { ...again!, kind: "created" as const }]
  const [change] = made.changes
  const twice = { ...whole, events, changes: [{ ...change!, document: { n: 2 } }, ...whole.changes] }
  const outcomes = store.commit([first, twice, write.reject("a"), write.put("a", null)])
  expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "done", "done", "done"])
  const rows = () => ["events", "versions"].map(table => db.prepare(`SELECT * FROM ${table} ORDER BY pos`).all())
  const before = rows()
  expect(before[1]).toHaveLength(4)

  db.exec(toSecondVersion)
  migrate(db, place, { whole: "", steps: [null, null, versionsLeadToEvents] })
  expect(rows()).toEqual(before)
  expect(scalar(db, "PRAGMA user_version")).toBe(3)
  expect(await findings(store)).toEqual([])
})

// What the second version had: versions in the order of the changes of their transaction, and all events in one index.
const toSecondVersion = `
  CREATE TABLE older(pos INTEGER PRIMARY KEY, entity INTEGER NOT NULL, document TEXT) STRICT;
  INSERT INTO older SELECT pos / 4096 * 4096 + row_number() OVER (PARTITION BY pos / 4096 ORDER BY entity) - 1, entity,
    document FROM versions;
  DROP TABLE versions;
  ALTER TABLE older RENAME TO versions;
  CREATE INDEX versions_by_entity ON versions(entity);
  DROP INDEX events_by_stream;
  ALTER TABLE events DROP COLUMN has_version;
  CREATE UNIQUE INDEX events_by_stream ON events(entity, version);
  PRAGMA user_version = 2;
`

test("a file of the fourth version is brought to the newest, and tells what it told before, also with what is added", async () => {
  const path = aPlace()
  const before = aFile(path)
  const write = writer()
  const long = anInstance({ id: "long", state: "running" })
  before.store.commit([
    ...Array.from({ length: 100 }, (_, i) => {
      const said = { command: { id: `c${i}`, type: i % 40 === 0 ? "Rare" : "Put", target: null, data: {} } }
      return aTransaction({ instance: anInstance({ ...said, owner: i === 70 ? "someone" : "system" }) })
    }),
    aTransaction({ instance: long }),
    write.put("a", { n: 1 }),
    aTransaction({ instance: { ...long, state: "succeeded" }, first: false }),
    aTransaction({ id: "move", archive: { ids: ["c40"] } }),
  ])
  const told = ({ store }: typeof before) => [store.log.read(0, 1_000), store.maintenance.chain(), store.basis()]
  const was = told(before)
  before.db.exec(`${toFourthVersion}; PRAGMA user_version = 4`)
  before.close()
  const after = aFile(path)
  expect(told(after)).toEqual(was)
  const ids = (filter: object) => {
    const found = after.store.commands.list({ limit: 200, ...filter }) as readonly Instance[]
    return found.map(({ command }) => command.id)
  }
  expect(ids({ type: "Rare" })).toEqual(["c80", "c0"])
  expect(ids({ type: "Rare", archived: "both" })).toEqual(["c80", "c40", "c0"])
  expect(ids({ owner: "someone" })).toEqual(["c70"])
  expect(scalar(after.db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'commands_by_type%'")).toBe(0)
  expect(await findings(after.store)).toEqual([])

  const moved = ["c0", "c80", "late"]
  after.store.commit([aTransaction({ id: "late" }), write.put("a", { n: 2 })])
  after.store.commit([aTransaction({ id: "m1", archive: { ids: moved } })])
  expect(await findings(after.store)).toEqual([])
  after.store.commit([aTransaction({ id: "m2", restore: { ids: moved } })])
  expect(await findings(after.store)).toEqual([])
  expect(ids({ type: "Rare" })).toEqual(["c80", "c0"])
  expect(scalar(after.db, "SELECT count(DISTINCT t) FROM transactions")).toBe(after.store.basis())
})

// What the fourth version had instead.
const toFourthVersion = `
  DROP TABLE command_stretches;
  CREATE INDEX commands_by_owner ON commands(owner);
  CREATE INDEX commands_by_type ON commands(type);
  INSERT INTO transactions_apart SELECT n, at, n, actor, schema_version, hash FROM commands WHERE hash IS NOT NULL;
  DROP VIEW transactions;
  ALTER TABLE transactions_apart RENAME TO transactions;
  ALTER TABLE commands DROP COLUMN at;
  ALTER TABLE commands DROP COLUMN actor;
  ALTER TABLE commands DROP COLUMN schema_version;
  ALTER TABLE commands DROP COLUMN hash
`

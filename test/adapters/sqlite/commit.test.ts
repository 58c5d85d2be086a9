import type { DatabaseSync } from "node:sqlite"
import { expect, test } from "vitest"
import { exact, prepare, scalar } from "../../../src/adapters/sqlite/driver.ts"
import { storeOn } from "../../../src/adapters/sqlite/store.ts"
import { anEvent, anInstance, aTransaction, writer } from "../../../src/testing/writes.ts"
import { aFile, aPlace, aStore, findings, refusalOf } from "./place.ts"

test("a write that the tables do not take drops out alone, and t has no gap [N9 N13]", async () => {
  const store = aStore()
  const write = writer()
  // A version that is no whole number passes every check but that of the column.
  const command = { id: "odd", type: "Put", target: null, data: {}, expectedVersion: 1.5 }
  const odd = aTransaction({ instance: anInstance({ command }) })
  const outcomes = store.commit([write.put("a", { name: "x" }), odd, write.put("a", { name: "y" }), write.put("b", {})])
  expect(outcomes).toMatchObject([{ t: 1 }, { kind: "conflict", unique: false }, { t: 2 }, { t: 3 }])
  expect(store.commands.find(["odd"])).toEqual([null])
  expect(store.commit([write.put("a", { name: "z" })])).toMatchObject([{ kind: "done", t: 4 }])
  expect(await findings(store)).toEqual([])
})

test("a write that makes no sense does not take those beside it along", () => {
  const store = aStore()
  const write = writer()
  const senseless = aTransaction({ id: "senseless", first: false })
  const outcomes = store.commit([write.put("a", {}), senseless, write.put("b", {})])
  expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "conflict", "done"])
})

test("when the file cannot grow nothing of the batch is there, and it goes on once it can [N9]", async () => {
  const { db, store } = aFile()
  const write = writer()
  store.commit([write.put("a", { name: "x" })])
  const pages = Number(scalar(db, "PRAGMA page_count"))
  db.exec(`PRAGMA max_page_count = ${pages + 2}`)

  const large = write.put("large", { text: "x".repeat(100_000) })
  const batch = [write.put("b", { name: "y" }), large]
  expect(refusalOf(() => store.commit(batch))).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("make room") as string,
  })
  expect(store.basis()).toBe(1)
  expect(store.entities.heads(["b"])).toMatchObject([{ version: 0 }])

  db.exec("PRAGMA max_page_count = 1000000")
  expect(store.commit(batch)).toMatchObject([{ t: 2 }, { t: 3 }])
  expect(await findings(store)).toEqual([])
})

test("after a failed wait for the disk nothing more is written until the file is opened again [N9]", () => {
  const path = aPlace()
  const file = aFile(path)
  let isBroken = false
  const db = new Proxy(file.db, {
    get(target, name) {
      if (name === "exec") return (sql: string) => (isBroken && sql === "COMMIT" ? failed() : target.exec(sql))
      const member: unknown = Reflect.get(target, name)
      return typeof member === "function" ? (member.bind(target) as unknown) : member
    },
  })
  const store = storeOn({ ...file, db: db as DatabaseSync }, () => 0)
  const write = writer()
  store.commit([write.put("a", {})])
  isBroken = true
  const lost = [write.put("b", {})]
  expect(refusalOf(() => store.commit(lost))).toMatchObject({ code: "unavailable" })
  isBroken = false
  expect(refusalOf(() => store.commit(lost))).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("start again") as string,
  })
  expect(store.basis()).toBe(1)
  file.close()
  expect(aStore({ path }).commit(lost)).toMatchObject([{ t: 2 }])
})

function failed(): never {
  throw Object.assign(new Error("disk I/O error"), { errcode: 1034 })
}

test("an id that is only pointed at becomes what the first says it is, unless that one drops out", () => {
  const store = aStore()
  const write = writer()
  store.commit([write.put("a", { to: "b" })])
  const stale = aTransaction({
    id: "stale",
    changes: [{ id: "b", type: "Book", document: {}, replaces: false, values: [] }],
    events: [anEvent({ stream: { type: "Book", id: "b", version: 1 } }), anEvent({ stream: { id: "a", version: 9 } })],
  })
  expect(store.commit([stale, write.put("b", {})])).toMatchObject([{ kind: "conflict" }, { kind: "done" }])
  expect(store.entities.heads(["b"])).toMatchObject([{ type: "Thing", version: 1 }])
  expect(store.entities.holders("Thing/to", "b")).toEqual(["a"])

  const events = [anEvent({ stream: { type: "Book", id: "b", version: 2 } })]
  expect(store.commit([aTransaction({ id: "other", events })])).toMatchObject([
    { kind: "conflict", facts: { id: "b", expected: "Book", actual: "Thing" } },
  ])
})

test("time does not go back in the log when the clock does", () => {
  let ms = Date.parse("2030-01-01T00:00:00.500Z")
  const store = aStore({ now: () => ms })
  const write = writer()
  store.commit([write.put("a", {})])
  ms -= 60_000
  expect(store.commit([write.put("a", {})])).toMatchObject([{ at: "2030-01-01T00:00:00.500Z" }])
  expect(store.log.tAt(ms)).toBe(0)
})

test("whole numbers and truth are stored as integers, so that they take little and compare exactly", () => {
  const { db, store } = aFile()
  store.commit([writer().put("a", { tag: [1, -5, 2 ** 53 - 1, true, 1.5, "1"] })])
  const kinds = prepare<[string]>(db, "SELECT DISTINCT typeof(value) FROM vals ORDER BY 1").all().flat()
  expect(kinds).toEqual(["integer", "real", "text"])
  expect(exact(7)).toBe(7n)
  expect(exact(2 ** 60)).toBe(2 ** 60)
})

test("a file opens without a look at how much is in it", () => {
  const path = aPlace()
  const { db, close, store } = aFile(path)
  store.commit([writer().put("a", {})])
  db.exec(`
    WITH RECURSIVE more(t) AS (SELECT 2 UNION ALL SELECT t + 1 FROM more WHERE t < 300000)
    INSERT INTO transactions_apart SELECT t, 0, 1, 1, 1, zeroblob(32) FROM more`)
  close()
  const began = performance.now()
  expect(aStore({ path }).basis()).toBe(300_000)
  expect(performance.now() - began).toBeLessThan(100)
})

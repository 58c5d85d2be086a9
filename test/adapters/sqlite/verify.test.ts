import { closeSync, openSync, statSync, writeSync } from "node:fs"
import { expect, test } from "vitest"
import { writer } from "../../../src/testing/writes.ts"
import { aFile, aPlace, aStore, findings } from "./place.ts"

/** A file with some history, in which one statement then changes something behind the store's back. */
function tampered(sql: string) {
  const { db, store } = aFile()
  const write = writer()
  store.commit([
    write.puts([
      ["a", { name: "x", tag: [1, 2], to: "b" }],
      ["b", { name: "y" }],
    ]),
    write.put("a", { name: "z", to: "b" }),
    write.reject("a"),
    write.put("b", null),
    write.put("a", { name: "z" }),
  ])
  db.exec(sql)
  return store
}

test("nothing is found in what was left alone", async () => {
  expect(await findings(tampered(""))).toEqual([])
})

test.each([
  ["an event says something else", "UPDATE events SET data = '{\"document\":null}' WHERE version = 2", "chain", 2],
  ["an event is of another type", "UPDATE events SET rejection = 0 WHERE rejection = 1", "chain", 3],
  ["somebody else is said to have done it", "UPDATE commands SET actor = actor + 1 WHERE n = 2", "chain", 2],
  ["a command has another id", "UPDATE commands SET id = 'other' WHERE t = 4", "chain", 4],
  ["a transaction is gone", "UPDATE commands SET hash = null WHERE n = 3", "chain", 4],
  ["a transaction is gone with its command", "DELETE FROM commands WHERE n = 3", "chain", 4],
  ["an event is gone", "DELETE FROM events WHERE version = 3", "streams", 5],
  ["a document is gone", "DELETE FROM versions WHERE pos / 4096 = 2", "intervals", 2],
  ["a document comes from nowhere", "INSERT INTO versions VALUES(3 * 4096, 1, 2, '{}')", "intervals", 3],
  ["an entity was created at another t", "UPDATE entities SET created_t = 2 WHERE id = 'a'", "intervals", 2],
  ["a value begins where nothing changed", "UPDATE vals SET from_t = 3 WHERE value = 'z'", "intervals", 3],
  ["a value is looked up that no document has", "UPDATE vals SET value = 'w' WHERE value = 'z'", "intervals", 2],
  ["an event says of its entity what it was not", "UPDATE events SET kind = 3 WHERE kind = 2", "intervals", 2],
  [
    "the last transaction is gone",
    "UPDATE commands SET hash = null WHERE n = 5; DELETE FROM events WHERE pos / 4096 = 5",
    "chain",
    5,
  ],
  ["a transaction is that of another command", "UPDATE commands SET t = 4 WHERE t = 5", "chain", 4],
  ["a document is no JSON", "UPDATE versions SET document = 'x' WHERE pos / 4096 = 5", "intervals", 5],
  ["an index is gone", "DROP INDEX vals_by_value", "file", null],
  ["a value ends before it begins", "UPDATE vals SET to_t = 1 WHERE value = 'y'", "intervals", 1],
] as const)("it is found when %s", async (_, sql, check, t) => {
  expect(await findings(tampered(sql))).toContainEqual(expect.objectContaining({ check, t }))
})

test("it is found when a value that the schema says is looked up no longer is", async () => {
  const { db, store } = aFile()
  const attributes = {
    name: { type: "string", unique: "value" },
    tag: { type: "integer", index: true, many: true },
    to: { type: "ref" },
    open: { type: "boolean", index: true },
  }
  const schema = { daybook: 1, name: "things", version: 1, entities: { Thing: { attributes } } }
  await store.maintenance.keepSchema({ version: 1, hash: "x", schema })
  const write = writer()
  store.commit([
    write.puts([
      ["a", { name: "x", tag: [1, 2], to: "b" }],
      ["b", {}],
    ]),
  ])
  expect(await findings(store)).toEqual([])
  db.exec("DELETE FROM vals WHERE value IN ('x', 2) OR attribute IN (SELECT attribute FROM refs)")
  expect((await findings(store)).map(({ t, sentence }) => [t, sentence])).toEqual([
    [1, 'a has the value "x" of Thing/name, but is not found by it'],
    [1, "a has the value 2 of Thing/tag, but is not found by it"],
    [1, 'a has the value "b" of Thing/to, but is not found by it'],
  ])
})

test("a damaged page is found, and the rest is still looked at", async () => {
  const path = aPlace()
  const store = aStore({ path })
  const write = writer()
  for (let i = 0; i < 50; i++) store.commit([write.put(`thing-${i}`, { name: `x${i}`, text: "x".repeat(2_000) })])
  store.close()
  const file = openSync(path, "r+")
  const pages = statSync(path).size / 4096
  for (let page = Math.floor(pages / 2); page < pages / 2 + 4; page++) {
    writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, page * 4096)
  }
  closeSync(file)
  const found = await findings(aStore({ path }))
  expect(found.map(({ check }) => check)).toContain("file")
})

test("a large file is looked at beside its owner, who goes on meanwhile", async () => {
  const store = aStore()
  const write = writer()
  const text = "x".repeat(500_000)
  for (let i = 0; i < 10; i++) store.commit([write.put(`thing-${i}`, { text })])
  const all = findings(store)
  store.commit([write.put("meanwhile", {})])
  expect(await all).toEqual([])
})

test("a store that keeps nothing is looked at like any other", async () => {
  const store = aStore({ path: ":memory:" })
  store.commit([writer().put("a", { name: "x" })])
  expect(await findings(store)).toEqual([])
})

test("what comes after a gap of thousands is looked at as well", async () => {
  const { db, store } = aFile()
  const write = writer()
  store.commit(Array.from({ length: 2_000 }, (_, i) => write.put(`e${i}`, { name: `x${i}` })))
  db.exec(
    "UPDATE commands SET hash = null WHERE n BETWEEN 300 AND 1900; UPDATE events SET data = '{}' WHERE pos / 4096 = 1950",
  )
  const found = (await findings(store)).filter(({ check }) => check === "chain").map(({ t }) => t)
  expect(found).toContain(1_901)
  expect(found).toContain(1_950)
  expect(found).toContain(300)
})

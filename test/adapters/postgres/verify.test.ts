import { describe, expect, test } from "vitest"
import { Refusal } from "../../../src/kernel/refusal.ts"
import { writer } from "../../../src/testing/writes.ts"
import { aPlace, aServer, aStore, anIntruder, findings } from "./place.ts"

const server = await aServer()

/** A schema with some history, in which one statement then changes something behind the store's back. */
async function tampered(sql: string) {
  const place = aPlace(server!)
  const store = await aStore(place)
  const write = writer()
  await store.commit([
    write.puts([
      ["a", { name: "x", tag: [1, 2], to: "b" }],
      ["b", { name: "y" }],
    ]),
    write.put("a", { name: "z", to: "b" }),
    write.reject("a"),
    write.put("b", null),
    write.put("a", { name: "z" }),
  ])
  await (await anIntruder(place)).query(sql)
  return store
}

describe.skipIf(server === null)("verify on PostgreSQL", () => {
  test("finds nothing in what was left alone", async () => {
    expect(await findings(await tampered(""))).toEqual([])
  })

  test.each([
    ["an event says something else", `UPDATE events SET data = '{"document":null}' WHERE version = 2`, "chain", 2],
    ["an event is of another type", "UPDATE events SET rejection = 0 WHERE rejection = 1", "chain", 3],
    [
      "somebody else is said to have done it",
      "UPDATE transactions SET actor = (SELECT min(key) FROM names WHERE name <> 'system') WHERE t = 2",
      "chain",
      2,
    ],
    ["a command has another id", "UPDATE commands SET id = 'other' WHERE t = 4", "chain", 4],
    ["a transaction is of another command", "UPDATE transactions SET command_id = 'other' WHERE t = 4", "chain", 4],
    ["a transaction is gone", "DELETE FROM transactions WHERE t = 3", "chain", 4],
    [
      "the last transaction is gone",
      "DELETE FROM transactions WHERE t = 5; DELETE FROM events WHERE pos / 4096 = 5",
      "chain",
      5,
    ],
    ["a command's last step is another", "UPDATE commands SET t = 4 WHERE t = 5", "chain", 4],
    ["an event is gone", "DELETE FROM events WHERE version = 3", "streams", 5],
    ["an entity has counted too few events", "UPDATE entities SET version = 1 WHERE id = 'a'", "streams", 2],
    ["an entity has counted too many events", "UPDATE entities SET version = 9 WHERE id = 'a'", "streams", null],
    ["a document is gone", "DELETE FROM versions WHERE pos / 4096 = 2", "intervals", 2],
    [
      "a document comes from nowhere",
      "INSERT INTO versions SELECT 4 * 4096, key, '{}' FROM entities WHERE id = 'a'",
      "intervals",
      4,
    ],
    ["an entity was created at another t", "UPDATE entities SET created_t = 2 WHERE id = 'a'", "intervals", 2],
    ["a value begins where nothing changed", `UPDATE vals SET from_t = 3 WHERE value = '"z"'`, "intervals", 3],
    ["a value ends before it begins", `UPDATE vals SET to_t = 1 WHERE value = '"y"'`, "intervals", 1],
    ["a value is looked up that no document has", `UPDATE vals SET value = '"w"' WHERE value = '"z"'`, "intervals", 2],
    [
      "an entity has a value twice at once",
      `INSERT INTO vals SELECT entity, from_t, 5, attribute, value FROM vals WHERE value = '"z"'`,
      "intervals",
      2,
    ],
    ["an event says of its entity what it was not", "UPDATE events SET kind = 3 WHERE kind = 2", "intervals", 2],
    ["a document is no JSON", "UPDATE versions SET document = 'x' WHERE pos / 4096 = 5", "intervals", 5],
    ["an index is gone", "DROP INDEX vals_by_value", "file", null],
    ["a partition is gone", "DROP TABLE events_5000000", "file", null],
    ["a table is gone", "DROP TABLE timers", "file", null],
  ] as const)("finds it when %s", async (_, sql, check, t) => {
    expect(await findings(await tampered(sql))).toContainEqual(expect.objectContaining({ check, t }))
  })

  test("finds it when a value that the schema says is looked up no longer is", async () => {
    const place = aPlace(server!)
    const store = await aStore(place)
    const attributes = {
      name: { type: "string", unique: "value" },
      tag: { type: "integer", index: true, many: true },
      to: { type: "ref" },
    }
    const schema = { daybook: 1, name: "things", version: 1, entities: { Thing: { attributes } } }
    await store.maintenance.keepSchema({ version: 1, hash: "x", schema })
    await store.commit([writer().puts([["a", { name: "x", tag: [1, 2], to: "b" }]])])
    expect(await findings(store)).toEqual([])
    await (await anIntruder(place)).query(`DELETE FROM vals WHERE value <> '1'`)
    expect((await findings(store)).map(({ t, sentence }) => [t, sentence])).toEqual([
      [1, 'a has the value "x" of Thing/name, but is not found by it'],
      [1, "a has the value 2 of Thing/tag, but is not found by it"],
      [1, 'a has the value "b" of Thing/to, but is not found by it'],
    ])
  })

  test("finds nothing while others commit", async () => {
    const place = aPlace(server!)
    const [store, other] = [await aStore(place), await aStore(place)]
    const write = writer()
    await store.commit(Array.from({ length: 200 }, (_, i) => write.put(`a${i % 50}`, { name: `n${i}`, tag: [i % 3] })))
    const working = { goOn: true }
    const work = (async () => {
      for (let i = 0; working.goOn; i++) await other.commit([write.put(`a${i % 60}`, { name: `m${i}`, tag: [i % 3] })])
    })()
    for (let i = 0; i < 5; i++) expect(await findings(store)).toEqual([])
    working.goOn = false
    await work
  })

  test("damage that a reader meets is refused with what to do", async () => {
    const store = await tampered("UPDATE versions SET document = 'x' WHERE pos / 4096 = 5; DROP TABLE timers")
    const refusals = [store.entities.heads(["a"]), store.timers.next()].map(async answer =>
      Promise.resolve(answer).catch((error: unknown) => error),
    )
    for (const refusal of await Promise.all(refusals)) {
      expect(refusal).toBeInstanceOf(Refusal)
      expect(refusal).toMatchObject({
        code: "unavailable",
        message: expect.stringMatching(/damaged.*restore the last backup/) as string,
      })
    }
  })
})

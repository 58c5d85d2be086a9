import { describe, expect, test } from "vitest"
import { canonicalJson, type Json, type JsonObject } from "../../src/kernel/json.ts"
import type { TestApp } from "../../src/testing/app.ts"
import { stores } from "../stores.ts"
import { asked, peopleWith } from "./datalog/people.ts"
import { dice, firstOps, randomOps } from "./datalog/random.ts"

const set = (id: string, values: JsonObject): JsonObject => ({ entity: "Person", id, set: values })

// `level` and `tags` are looked up, `age` and `aka` stand in documents only; a ref, and a JSON that is a list.
const before = { level: "low", age: 1, tags: ["a", "b"], aka: ["A", "B"], boss: "q", extra: [1], active: true }
const pattern = ["level", "age", "tags", "aka", "boss", "extra", "active"]

const ids = ["p1", "p2", "p3", "p4", "p5", "p6"]
const names = ["name", "age", "height", "aka", "tags", "friend", "boss", "level", "active"]

type Fact = readonly [entity: string, attribute: string, value: Json]

/** What pull tells of people, fact by fact. */
function factsOf(pulled: Json): readonly Fact[] {
  return (pulled as readonly JsonObject[]).flatMap(({ "@id": id, ...values }) =>
    Object.entries(values).flatMap(([name, value]): Fact[] =>
      (Array.isArray(value) ? (value as readonly Json[]) : [value!]).map(one => [id as string, name, one]),
    ),
  )
}

const sorted = (facts: readonly Fact[]) => facts.map(canonicalJson).toSorted()

describe.each(stores)("on %s", (_name, open) => {
  const found = async (app: TestApp, name: string, moment: JsonObject) =>
    (await asked(app, { find: ["?p", "?v"], where: [["?p", `Person/${name}`, "?v"]], ...moment })) as [string, Json][]

  test("what went away and came back is new since then, looked up or not, pulled or found [L84]", async () => {
    const app = await peopleWith(open, [set("q", {}), set("p", before)])
    const change = async (values: JsonObject) => app.send("Transact", null, { ops: [set("p", values)] })
    await change({ level: "high", age: 2, tags: ["b"], aka: ["B"], boss: null, extra: [1, 2] })
    await change({ level: "low", age: 1, tags: ["a", "b"], aka: ["A", "B"], boss: "q", extra: [1] })
    const back = { level: "low", age: 1, tags: ["a"], aka: ["A"], boss: "q", extra: [1] }
    const pulled = async (moment: JsonObject) => asked(app, { pull: pattern, of: "p", ...moment })
    expect(await pulled({ since: 1 })).toEqual(back)
    expect(await pulled({ since: 2 })).toEqual(back)
    expect(await pulled({ since: 3 })).toEqual({})
    expect(await pulled({ since: 1, asOf: 2 })).toEqual({ level: "high", age: 2, extra: [1, 2] })
    for (const [name, value] of Object.entries(back)) {
      const values = name === "extra" ? [value] : [value].flat()
      expect([name, await found(app, name, { since: 1 })]).toEqual([name, values.map(one => ["p", one])])
    }
    await app.close()
  })

  test("who was gone and made anew is new with all they have, though it is what they had [L84]", async () => {
    const app = await peopleWith(open, [set("q", {}), set("p", before)])
    await app.send("Transact", null, { ops: [{ retract: "p" }] })
    await app.send("Transact", null, { ops: [set("p", before)] })
    expect(await asked(app, { pull: pattern, of: "p", since: 1 })).toEqual(before)
    expect(await found(app, "aka", { since: 1 })).toEqual([
      ["p", "A"],
      ["p", "B"],
    ])
    await app.close()
  })

  test("pull and datalog tell the same as new, whatever happened [L75 L84]", async () => {
    const random = dice(Number(process.env["SEED"] ?? 11))
    const app = await peopleWith(open, firstOps)
    for (let i = 0; i < 12; i++) {
      await app.send("Transact", null, { ops: randomOps(random).filter(({ entity }) => entity === "Person") })
      if (random.chance(0.3)) await app.send("Transact", null, { ops: [{ retract: "p3" }, set("p3", { age: 1 })] })
    }
    const t = (await app.daybook.query({ pull: ["@t"], of: "p1" }, { principal: "system" })).basisT
    for (const [since, asOf] of [
      [1, t],
      [3, t],
      [2, t - 3],
      [t - 2, t],
    ] as const) {
      const told = factsOf(await asked(app, { pull: ["@id", ...names], of: ids, since, asOf }))
      const facts: Fact[] = []
      for (const name of names) {
        for (const [id, value] of await found(app, name, { since, asOf })) facts.push([id, name, value])
      }
      expect(sorted(told)).toEqual(sorted(facts))
    }
    await app.close()
  })
})

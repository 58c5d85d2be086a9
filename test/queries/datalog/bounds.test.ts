import { describe, expect, test } from "vitest"
import type { Json, JsonObject } from "../../../src/kernel/json.ts"
import { Refusal } from "../../../src/kernel/refusal.ts"
import { finish, need } from "../../../src/kernel/steps.ts"
import { answerDatalog } from "../../../src/queries/datalog/answer.ts"
import { parseDatalog } from "../../../src/queries/datalog/parse/parse.ts"
import { matcherOf } from "../../../src/queries/datalog/regex/match.ts"
import { compileSchema } from "../../../src/schema/compile.ts"
import { parseSchema } from "../../../src/schema/parse.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { memoryStore } from "../../../src/testing/memory-store.ts"
import { stores } from "../../stores.ts"
import { peopleWith, schema } from "./people.ts"
import { dice, type Dice } from "./random.ts"
import { worlds } from "./worlds.ts"

const compiled = compileSchema(parseSchema(schema))

/** JSON that has something of a query in it, and is none. */
function junk(random: Dice, depth = 0): Json {
  const { below, pick } = random
  const words = [
    "?e",
    "?n",
    "_",
    "Person/name",
    "Person/_boss",
    "not",
    "or",
    "orJoin",
    "notJoin",
    "and",
    "<",
    "+",
    "...",
    ".",
  ]
  const more = [
    "count",
    "min",
    "pull",
    "ground",
    "getElse",
    "missing",
    "r",
    "$",
    "?",
    "",
    "1",
    "matches",
    "@type",
    "identity",
  ]
  if (depth > 4 || below(3) === 0) return pick<Json>([...words, ...more, 0, -1, 1.5, true, null, { value: "?x" }])
  if (below(8) === 0)
    return Object.fromEntries(Array.from({ length: below(3) }, () => [pick(words), junk(random, depth + 1)]))
  return Array.from({ length: below(5) }, () => junk(random, depth + 1))
}

async function refusalOf(work: Promise<unknown>): Promise<Refusal | null> {
  try {
    await work
    return null
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

test("whatever is sent is answered or refused, with a place [L74]", async () => {
  const app = await peopleWith(memoryStore(), worlds.four)
  const random = dice(3)
  const codes = ["malformed", "query-unsupported", "unknown-type", "invalid", "too-large", undefined]
  let answered = 0
  for (let i = 0; i < 2_000; i++) {
    const keys = ["in", "args", "rules", "with", "order", "keys", "limit", "after"].filter(() => random.chance(0.05))
    const find: Json = random.chance(0.7) ? ["?e"] : junk(random)
    const pattern = ["?e", random.pick(["Person/name", "Person/_boss", "?n", "_"]), junk(random, 4)]
    const where: Json = random.chance(0.5)
      ? [["?e", "Person/name", "?n"], pattern]
      : random.chance(0.5)
        ? [["?e", "Person/name", "?n"], junk(random)]
        : [junk(random)]
    const query: JsonObject = { find, where, ...Object.fromEntries(keys.map(key => [key, junk(random)])) }
    const refusal = await refusalOf(app.daybook.query(query, { principal: "system" }))
    if (refusal === null) answered++
    expect(codes).toContain(refusal?.code)
  }
  expect(answered).toBeGreaterThan(10)
  await app.close()
})

test("a pattern is matched in a time that is known, whatever it is", () => {
  const text = `${"a".repeat(5_000)}!`
  for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(.*)*$", "^a*a*a*a*a*b"]) {
    const matches = matcherOf(pattern) as (text: string) => boolean
    expect(matches(text)).toBe(pattern === "^(.*)*$")
  }
})

describe.each(stores)("on %s", (_name, open) => {
  test("a query that never ends is refused when its time is over, and lets others go first until then [QS8]", async () => {
    const store = await open(simulatedClock())
    let [ticks, turns] = [0, 0]
    const soon = (work: () => void) => (turns++, queueMicrotask(work), () => undefined)
    const clock = { ...simulatedClock(), ticks: () => (ticks += 0.1), soon }
    const endless = {
      find: ["?x"],
      where: [["more", 1, "?x"]],
      rules: [
        [
          ["more", "?a", "?b"],
          [["+", "?a", 1], "?b"],
        ],
        [
          ["more", "?a", "?b"],
          [["+", "?a", 1], "?m"],
          ["more", "?m", "?b"],
        ],
      ],
    }
    const pull = () => need([])
    const parts = { store, schema: compiled, clock, moment: { t: 1 }, reader: null, milliseconds: 500, pull }
    const asked = (async () => finish(answerDatalog(parseDatalog(endless, compiled), parts)))()
    expect((await refusalOf(asked))?.code).toBe("timeout")
    expect(turns).toBeGreaterThan(10)
    await store.close()
  })

  test("a query that comes by too much is refused [QS8]", async () => {
    const app = await peopleWith(open, worlds.four)
    const ask = (query: JsonObject) => refusalOf(app.daybook.query(query, { principal: "system" }))
    const doubling = [
      [
        ["more", "?a", "?b"],
        [["str", "?a", "?a"], "?b"],
      ],
      [
        ["more", "?a", "?b"],
        [["str", "?a", "?a"], "?m"],
        ["more", "?m", "?b"],
      ],
    ]
    expect((await ask({ find: ["?x"], where: [["more", "x", "?x"]], rules: doubling }))?.code).toBe("too-large")
    const numbers = Array.from({ length: 1_100 }, (_, i) => i)
    const product = {
      find: ["?x", "?y"],
      in: [
        ["?x", "..."],
        ["?y", "..."],
      ],
      args: [numbers, numbers],
    }
    expect((await ask(product))?.code).toBe("too-large")
    await app.close()
  })

  test("pages are of one moment, in one order, and end [QS10]", async () => {
    const app = await peopleWith(open, worlds.four)
    const query: JsonObject = {
      find: ["?a", "?e"],
      where: [["?e", "Person/age", "?a"]],
      order: [["?a", "desc"]],
      limit: 2,
    }
    const first = await app.daybook.query(query, { principal: "system" })
    expect(first.result).toEqual([
      [37, "2"],
      [37, "3"],
    ])
    await app.send("Transact", null, {
      ops: [
        { entity: "Person", id: "0", set: { age: 20 } },
        { entity: "Person", id: "1", set: { age: 50 } },
      ],
    })
    const second = await app.daybook.query({ ...query, after: first.next! }, { principal: "system" })
    expect(second).toEqual({
      basisT: first.basisT,
      result: [
        [15, "1"],
        [15, "4"],
      ],
    })
    const other = { ...query, order: [["?a", "asc"]], after: first.next! }
    expect((await refusalOf(app.daybook.query(other, { principal: "system" })))?.faults[0]?.path).toBe("/after")
    await app.close()
  })

  test("rows that are there more than once are paged as often as they are there", async () => {
    const app = await peopleWith(open, worlds.six)
    const query: JsonObject = { find: ["?n"], with: ["?e"], where: [["?e", "Person/name", "?n"]], limit: 3 }
    const first = await app.daybook.query(query, { principal: "system" })
    const second = await app.daybook.query({ ...query, after: first.next! }, { principal: "system" })
    expect([first.result, second.result, second.next]).toEqual([
      [["Ivan"], ["Ivan"], ["Ivan"]],
      [["Ivan"], ["Oleg"], ["Oleg"]],
      undefined,
    ])
    await app.close()
  })

  test("a query is asked of the past, and of what is new since then", async () => {
    const app = await peopleWith(open, worlds.six)
    await app.send("Transact", null, {
      ops: [
        { entity: "Person", id: "3", set: { name: "Petr" } },
        { entity: "Person", id: "7", set: { name: "Olga" } },
      ],
    })
    const ask = async (more: JsonObject) => {
      const query = { find: [["?n", "..."]], where: [["?e", "Person/name", "?n"]], ...more }
      return (await app.daybook.query(query, { principal: "system" })).result
    }
    expect(await ask({})).toEqual(["Ivan", "Oleg", "Olga", "Petr"])
    expect(await ask({ asOf: 1 })).toEqual(["Ivan", "Oleg"])
    expect(await ask({ since: 1 })).toEqual(["Olga", "Petr"])
    expect(
      await ask({
        since: 1,
        where: [
          ["?e", "@type", "Person"],
          ["?e", "Person/name", "?n"],
        ],
      }),
    ).toEqual(["Olga"])
    await app.close()
  })
})

test("what a query rests on is told clause by clause", () => {
  const query = parseDatalog(
    {
      find: ["?e"],
      where: [
        ["?e", "Person/name", "Ivan"],
        ["not", ["?e", "Person/boss", ["Person/email", "x"]]],
        ["1", "Person/age", "?a"],
      ],
    },
    compiled,
  )
  expect(query.dependences).toMatchObject([
    { attribute: "Person/name", value: "Ivan" },
    { attribute: "Person/boss", value: { value: "x" } },
    { attribute: "Person/age", entity: { id: "1" } },
  ])
})

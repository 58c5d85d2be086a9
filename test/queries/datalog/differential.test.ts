import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { canonicalJson, type Json, type JsonObject } from "../../../src/kernel/json.ts"
import { Refusal } from "../../../src/kernel/refusal.ts"
import { finish, need } from "../../../src/kernel/steps.ts"
import type { EntityKey, Moment } from "../../../src/ports/facts.ts"
import type { Store } from "../../../src/ports/store.ts"
import { answerDatalog, type DatalogParts } from "../../../src/queries/datalog/answer.ts"
import { parseDatalog } from "../../../src/queries/datalog/parse/parse.ts"
import { compileSchema } from "../../../src/schema/compile.ts"
import { parseSchema } from "../../../src/schema/parse.ts"
import type { TestApp } from "../../../src/testing/app.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { stores } from "../../stores.ts"
import { naive, type PlainFact } from "./naive.ts"
import { peopleWith, schema } from "./people.ts"
import { dice, firstOps, randomOps, randomQuery } from "./random.ts"

const compiled = compileSchema(parseSchema(schema))
const seed = Number(process.env["SEED"] ?? 7)
const rounds = Number(process.env["ROUNDS"] ?? 60)

/** Everything that is true at a t, out of documents, which is how it can be seen best that it is right. */
async function factsAt(store: Store, { t, since }: Moment): Promise<readonly PlainFact[]> {
  const facts: PlainFact[] = []
  for (const type of compiled.entities.values()) {
    for (const id of await store.entities.ids(type.name, t, { limit: 1_000 })) {
      const document = (await store.entities.at(id, t))?.document ?? {}
      for (const attribute of type.attributes.values()) {
        const value = document[attribute.name]
        if (value === undefined) continue
        for (const one of attribute.many ? (value as Json[]) : [value]) facts.push([id, attribute.fullName, one])
      }
    }
  }
  if (since === undefined) return facts
  // What was away in between is new since it came back.
  const before: ReadonlySet<string>[] = []
  for (let at = since; at < t; at++) before.push(new Set((await factsAt(store, { t: at })).map(canonicalJson)))
  return facts.filter(fact => !before.every(then => then.has(canonicalJson(fact))))
}

async function answer(store: Store, query: JsonObject, moment: Moment, reader: DatalogParts["reader"]) {
  const clock = simulatedClock()
  const pull = () => need([] as readonly Json[])
  const parts = { store, schema: compiled, clock, moment, reader, milliseconds: 10_000, pull }
  try {
    return (await finish(answerDatalog(parseDatalog(query, compiled), parts))).result
  } catch (error) {
    if (error instanceof Refusal && (error.code === "malformed" || error.code === "query-unsupported")) return null
    throw error
  }
}

// Rows, and what is in a set of values, are in no order that matters here.
const inOrder = (value: Json): Json => (Array.isArray(value) ? (value as Json[]).map(canonicalJson).toSorted() : value)
const sorted = (rows: Json) => (rows as readonly Json[][]).map(row => canonicalJson(row.map(inOrder))).toSorted()

describe.each(stores)("random queries on %s", (name, open) => {
  const random = dice(seed)
  let store: Store
  let app: TestApp | null = null
  beforeAll(async () => {
    app = await peopleWith(async clock => (store = await open(clock)), firstOps)
    for (let i = 0; i < 8; i++) await app.send("Transact", null, { ops: randomOps(random) })
  })
  afterAll(() => app?.close())

  async function expectSame(moment: Moment, reader: DatalogParts["reader"], facts: readonly PlainFact[]) {
    let answered = 0
    for (let i = 0; i < rounds; i++) {
      const query = randomQuery(random)
      const found = await answer(store, query, moment, reader)
      if (found === null) continue
      answered++
      expect(sorted(found), `${name}, seed ${seed}: ${JSON.stringify({ ...query, rules: undefined })}`).toEqual(
        sorted(naive(query, facts)),
      )
    }
    expect(answered).toBeGreaterThan(rounds / 4)
  }

  test("are answered as by trying everything [L75]", async () => {
    const t = await store.basis()
    await expectSame({ t }, null, await factsAt(store, { t }))
  })

  test("are answered as of the past, and for what is new since then", async () => {
    await expectSame({ t: 4 }, null, await factsAt(store, { t: 4 }))
    await expectSame({ t: 7, since: 3 }, null, await factsAt(store, { t: 7, since: 3 }))
  })

  test("are answered from what is seen alone [L75 QS8]", async () => {
    const t = await store.basis()
    const ids = ["p1", "p2", "p3", "p4", "p5", "p6", "b1", "b2", "d1"]
    const keys = await store.facts.keys(ids)
    const hidden = new Set(["p2", "p5", "b1"])
    const idOf = new Map(keys.map((key, i) => [key, ids[i]!]))
    const guarded = new Set(["Person/age", "Person/friend"])
    const sees = (entity: EntityKey, attribute?: string) => {
      const id = idOf.get(entity)
      if (id === undefined || hidden.has(id)) return false
      return attribute === undefined || !guarded.has(attribute) || id !== "p3"
    }
    const all = keys.filter(key => key !== null)
    const reader: DatalogParts["reader"] = {
      scope: {
        sees,
        guarded,
        members: attribute => all.filter(key => sees(key, attribute)),
        visible: (entities, attribute) => entities.map(entity => sees(entity, attribute)),
        t,
      },
      sight: { guarded, visible: (entities, attribute) => need(entities.map(entity => sees(entity, attribute))) },
    }
    const seen = (await factsAt(store, { t })).filter(([entity, attribute, value]) => {
      const isRef = compiled.attribute(attribute)?.type === "ref"
      const target = isRef ? keys[ids.indexOf(value as string)] : null
      return sees(keys[ids.indexOf(entity)] ?? -1, attribute) && (target == null || sees(target))
    })
    await expectSame({ t }, reader, seen)
  })
})

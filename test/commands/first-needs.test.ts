import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import type { Json } from "../../src/kernel/json.ts"
import { limits } from "../../src/kernel/limits.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { testStore } from "../../src/testing/test-store.ts"

const app = daybook({
  schema: {
    daybook: 1,
    name: "things",
    version: 1,
    entities: { Thing: { attributes: { size: { type: "integer" } } } },
  },
})

test("whatever entities many commands name by their ids are looked up at once, be they ops or targets [CP2]", async () => {
  const clock = simulatedClock()
  const store = await testStore(clock)
  const asked: number[] = []
  const heads: typeof store.entities.heads = ids => {
    asked.push(ids.length)
    return store.entities.heads(ids)
  }
  const watched = { ...store, entities: { ...store.entities, heads } }
  const running = await openDaybook(app, { store: watched, clock, ids: seededIds() })
  const ops = (i: number) => [{ entity: "Thing", id: `thing-${i}`, set: { size: i } }]
  const requests = Array.from({ length: 100 }, async (_, i) =>
    running.request({ id: `c-${i}`, type: "Transact", target: null, data: { ops: ops(i) } }, { actor: "system" }),
  )
  const outcomes = await Promise.all(requests)
  expect(outcomes.every(({ state }) => state === "succeeded")).toBe(true)
  expect(asked.length).toBeLessThan(10)
  expect(asked.reduce((sum, count) => sum + count, 0)).toBe(100)
  await running.close()
})

const registry = daybook({
  schema: {
    daybook: 1,
    name: "registry",
    version: 1,
    entities: {
      Team: { attributes: { code: { type: "string", unique: "identity" } } },
      Person: {
        attributes: {
          email: { type: "string", unique: "identity" },
          nick: { type: "string", unique: "value" },
          team: { type: "ref", to: ["Team"] },
          boss: { type: "ref", to: ["Person"] },
        },
      },
    },
  },
})

test("however many ops a transaction has, the store is asked a handful of times: a server may be far away [L82 CE11]", async () => {
  const clock = simulatedClock()
  const store = await testStore(clock)
  let asked = 0
  const counting = {
    heads: (ids => (asked++, store.entities.heads(ids))) satisfies typeof store.entities.heads,
    holders: ((...one) => (asked++, store.entities.holders(...one))) satisfies typeof store.entities.holders,
    holdersOf: (values => (asked++, store.entities.holdersOf(values))) satisfies typeof store.entities.holdersOf,
  }
  const watched = { ...store, entities: { ...store.entities, ...counting } }
  const running = await openDaybook(registry, { store: watched, clock, ids: seededIds() })
  const transact = async (id: string, ops: readonly Json[]) => {
    asked = 0
    const asker = { actor: "system" }
    const { state } = await running.request({ id, type: "Transact", target: null, data: { ops } }, asker)
    expect(state).toBe("succeeded")
    return asked
  }
  const each = <Made>(make: (i: number) => Made) => Array.from({ length: 200 }, (_, i) => make(i))
  await transact(
    "teams",
    each(i => ({ entity: "Team", id: `team-${i}`, set: { code: `code-${i}` } })),
  )
  const people = each(i => ({
    entity: "Person",
    id: `person-${i}`,
    set: { email: `p${i}@example.org`, nick: `nick-${i}`, team: i % 2 ? `team-${i}` : ["Team/code", `code-${i}`] },
  }))
  expect(await transact("people", people)).toBeLessThan(6)
  const bosses = each(i => ({
    entity: "Person",
    id: ["Person/email", `p${i}@example.org`],
    set: { boss: ["Person/email", `p${(i + 1) % 200}@example.org`], nick: `other-${i}` },
  }))
  expect(await transact("bosses", bosses)).toBeLessThan(6)
  expect(await transact("one goes", [{ retract: "person-7" }])).toBeLessThan(8)
  const [boss, mate] = await Promise.all([running.entity("person-6"), running.entity("person-8")])
  expect([boss?.document["boss"], mate?.document["boss"]]).toEqual([undefined, "person-9"])
  await running.close()
})

const crowd = daybook({
  schema: {
    daybook: 1,
    name: "crowds",
    version: 1,
    entities: {
      Person: { attributes: { x: { type: "integer" } } },
      Crowd: { attributes: { of: { type: "ref", to: ["Person"], many: true } } },
    },
  },
})

test("what a transaction refers to may be more than is kept of entities at a time [L79 CE11]", async () => {
  const clock = simulatedClock()
  const running = await openDaybook(crowd, { store: await testStore(clock), clock, ids: seededIds() })
  const transact = async (id: string, ops: readonly Json[]) =>
    running.request({ id, type: "Transact", target: null, data: { ops } }, { actor: "system" })
  const ids = Array.from({ length: limits.headsCachedMax + 500 }, (_, i) => `p${i}`)
  for (let from = 0; from < ids.length; from += limits.opsPerTransactMax) {
    const people = ids.slice(from, from + limits.opsPerTransactMax).map(id => ({ entity: "Person", id, set: { x: 1 } }))
    await transact(`people-${from}`, people)
  }
  const crowds = [0, 1, 2].map(i => ({
    entity: "Crowd",
    id: `c${i}`,
    set: { of: ids.slice(i * 7_000, (i + 1) * 7_000) },
  }))
  expect((await transact("crowds", crowds)).state).toBe("succeeded")
  expect((await transact("one goes", [{ retract: "p3" }])).state).toBe("succeeded")
  expect((await running.entity("c0"))?.document["of"]).toHaveLength(6_999)
  await running.close()
})

import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import { event } from "../../src/kernel/message.ts"
import type { Upcaster } from "../../src/kernel/aggregate.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { aggregate } from "../commands/bank.ts"

const text = { type: "string" }

/** An app whose one event has been in three versions: a name, then first and last, then a list. */
function app(version: 1 | 2 | 3) {
  const data = [
    { type: "object", properties: { name: text }, required: ["name"] },
    { type: "object", properties: { first: text, last: text }, required: ["first", "last"] },
    { type: "object", properties: { names: { type: "array", items: text } }, required: ["names"] },
  ][version - 1]!
  const said: JsonObject = [{ name: "Ann Lee" }, { first: "Ann", last: "Lee" }, { names: ["Ann", "Lee"] }][version - 1]!
  const evolve = [
    (state: object, { name }: { name: string }) => ({ ...state, name }),
    (state: object, { first, last }: { first: string; last: string }) => ({ ...state, name: `${first} ${last}` }),
    (state: object, { names }: { names: string[] }) => ({ ...state, name: names.join(" ") }),
  ][version - 1]!
  const split: Upcaster = {
    kind: "upcaster",
    event: "Named",
    from: 1,
    up: ({ name }) => {
      const [first = "", last = ""] = (name as string).split(" ")
      return { first, last }
    },
  }
  const list: Upcaster = {
    kind: "upcaster",
    event: "Named",
    from: 2,
    up: ({ first, last }) => ({ names: [first!, last!] }),
  }
  return daybook({
    schema: {
      daybook: 1,
      name: "names",
      version,
      entities: { Person: { attributes: { name: text } } },
      commands: { Name: { target: "Person" } },
      events: { Named: { stream: "Person", version, data } },
    },
    aggregates: [
      aggregate("Person", { decide: { Name: () => event("Named", said) }, evolve: { Named: evolve as never } }),
    ],
    upcasters: [split, list].slice(0, version - 1),
  })
}

describe("an event of an older version", () => {
  const running = async () => {
    const store = memoryStore()
    const clock = simulatedClock()
    const seen: unknown[] = []
    const open = (version: 1 | 2 | 3) => openDaybook(app(version), { store, clock, ids: seededIds(version) })
    const name = async (version: 1 | 2 | 3, id: string) => {
      const opened = await open(version)
      await opened.request({ id, type: "Name", target: { type: "Person", id }, data: {} }, { actor: "system" })
      await opened.drain()
    }
    await name(1, "a")
    await name(2, "b")
    await name(3, "c")
    return { store, seen, newest: await open(3) }
  }
  const names = { names: ["Ann", "Lee"] }

  test("is read in its newest version everywhere, and stays as it was recorded [CE13 L51]", async () => {
    const { store, newest } = await running()
    const page = await newest.events(0, { limit: 10 })
    expect(page.events.map(({ event: e }) => [e.data, e.typeVersion, e.schemaVersion])).toEqual([
      [names, 3, 1],
      [names, 3, 2],
      [names, 3, 3],
    ])
    expect((await newest.stream("a", 1, 10)).events[0]?.data).toEqual(names)
    const recorded = await store.log.transaction(1)
    expect(recorded[0]?.event).toMatchObject({ data: { name: "Ann Lee" }, typeVersion: 1 })
  })

  test("is what a repetition of its command is answered with, in its newest version too [CE13]", async () => {
    const { newest } = await running()
    const again = await newest.request(
      { id: "a", type: "Name", target: { type: "Person", id: "a" }, data: {} },
      { actor: "system" },
    )
    expect(again.events[0]).toMatchObject({ data: names, typeVersion: 3 })
  })

  test("is what followers and rebuilds get, in its newest version too [CE13 X1]", async () => {
    const { newest } = await running()
    const abort = new AbortController()
    for await (const events of newest.follow(0, { signal: abort.signal })) {
      expect(events.map(e => e.event.data)).toEqual([names, names, names])
      abort.abort()
    }
    const findings = []
    for await (const finding of newest.verify()) findings.push(finding)
    expect(findings).toEqual([])
  })

  test("the schemas that were in force are kept, each from its first transaction on [L51]", async () => {
    const { store } = await running()
    const kept = await store.maintenance.schemas()
    expect(kept.map(({ version, fromT }) => [version, fromT])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })
})

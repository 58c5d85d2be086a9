import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import type { LoggedEvent } from "../../src/ports/log.ts"
import { testApp } from "../../src/testing/app.ts"
import { stores } from "../stores.ts"

const kept = { noHistory: true } as const
const schema = {
  daybook: 1,
  name: "n",
  version: 1,
  groups: { all: {} },
  entities: {
    P: {
      assign: [{ group: "all", when: true }],
      permissions: { read: "all", write: "all" },
      attributes: {
        name: { type: "string" },
        address: { type: "string", ...kept },
        notes: { type: "string", many: true, ...kept },
      },
    },
  },
} as const

const put = (set: JsonObject) => ({ ops: [{ entity: "P", id: "p", set }] })

describe.each(stores)("on %s", (_name, open) => {
  test("of an attribute without a history events tell nobody what it was, in no way out, and what it is while it is [X19 L84]", async () => {
    const app = await testApp(daybook({ schema }), { store: open })
    const following = new AbortController()
    const heard: LoggedEvent[] = []
    const listening = (async () => {
      for await (const events of app.daybook.follow(0, { signal: following.signal })) heard.push(...events)
    })()
    const first = await app.send("Transact", null, put({ name: "Pat", address: "Elmway", notes: ["a", "b"] }), {
      id: "c",
    })
    expect(first.events[0]!.data).toEqual({
      attributes: { name: { new: "Pat" }, address: { new: "Elmway" }, notes: { new: ["a", "b"] } },
    })
    const second = await app.send("Transact", null, put({ name: "Pia", address: "Oakway", notes: ["b", "d"] }), {
      as: "x",
    })
    const now = { name: { old: "Pat", new: "Pia" }, address: { new: "Oakway" }, notes: { new: ["b", "d"] } }
    expect(second.events[0]!.data).toEqual({ attributes: now })
    const then = { name: { new: "Pat" }, address: {}, notes: { new: ["b"] } }
    const data = (events: readonly { data: JsonObject }[]) => events.map(event => event.data["attributes"])
    for (const as of ["system", "x"]) {
      const page = await app.daybook.events(0, { limit: 9, as })
      expect(data(page.events.map(({ event }) => event))).toEqual([then, now])
      expect(data((await app.daybook.stream("p", 1, 9, { as })).events)).toEqual([then, now])
    }
    // The same command again is answered as of now.
    const again = await app.send("Transact", null, put({ name: "Pat", address: "Elmway", notes: ["a", "b"] }), {
      id: "c",
    })
    expect(data(again.events)).toEqual([then])
    await app.send("Transact", null, { ops: [{ retract: "p" }] })
    expect(JSON.stringify(await app.daybook.stream("p", 1, 9))).not.toMatch(/way|"[abd]"/)
    await app.settle()
    following.abort()
    await listening
    expect(data(heard.map(({ event }) => event)).slice(1)).toEqual([
      now,
      { name: { old: "Pia" }, address: {}, notes: {} },
    ])
    // Nothing of it is lost: the entity is built from it.
    for await (const finding of app.daybook.verify()) expect(finding).toBeNull()
    await app.close()
  })
})

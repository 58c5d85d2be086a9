import { describe, expect, test } from "vitest"
import { openDaybook } from "../../src/app/open.ts"
import type { Daybook } from "../../src/daybook.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import type { App } from "../../src/kernel/app.ts"
import type { Outcome } from "../../src/kernel/message.ts"
import type { Store } from "../../src/ports/store.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { emptyMemory, memoryStore } from "../../src/testing/memory-store.ts"
import { acc, bankApp } from "./bank.ts"
import { answerOf, change, file, org, portalApp } from "./portal.ts"

/** Two processes on one memory. `between` happens before the first one's next commit. */
async function town(app: App) {
  const [memory, clock] = [emptyMemory(), simulatedClock()]
  let between: (() => Promise<unknown>) | null = null
  const start = (seed: string, wrap: (store: Store) => Store = store => store) =>
    openDaybook(app, { store: wrap(memoryStore({ clock, memory, isShared: true })), clock, ids: seededIds(seed) })
  const first = await start("first", store => ({
    ...store,
    async commit(writes) {
      const happens = between
      if (writes.some(({ kind }) => kind === "transaction" || kind === "refusal")) between = null
      if (between === null) await happens?.()
      return store.commit(writes)
    },
  }))
  const second = await start("second")
  let asked = 0
  const ask = (daybook: Daybook, type: string, as: string, data: JsonObject, target: Outcome["id"] | null = null) =>
    daybook.request({ id: `c${++asked}`, type, target: target === null ? null : acc(target), data }, { actor: as })
  const transact = (daybook: Daybook, as: string, ...ops: JsonObject[]) => ask(daybook, "Transact", as, { ops })
  const meanwhile = (happens: () => Promise<unknown>) => void (between = happens)
  return { first, second, ask, transact, meanwhile }
}

const portal = async () => {
  const world = await town(portalApp)
  const people = ["ann", "bob"].map((id, i) => ({
    entity: "User",
    id,
    set: { uuid: `00000000-0000-4000-9000-00000000000${i}`, name: id },
  }))
  await world.transact(
    world.first,
    "system",
    ...people,
    org("o", { admins: ["ann"], members: ["bob"] }),
    file("f", { org: "o" }),
  )
  return world
}
const title = (said: string) => change("File", "f", { title: said })

describe("where several processes share a store", () => {
  test("a no that rests on what another process has changed since is looked at again", async () => {
    const { first, second, ask } = await town(bankApp())
    await ask(first, "Deposit", "ann", { amount: 1 }, "a")
    await ask(second, "Deposit", "ann", { amount: 9 }, "a")
    const expecting = { id: "e", type: "Deposit", target: acc("a"), data: { amount: 1 }, expectedVersion: 2 }
    expect((await first.request(expecting, { actor: "ann" })).state).toBe("succeeded")
    await ask(second, "Misbehave", "ann", { how: "throw" }, "a").catch(() => undefined)
    const [person] = [{ entity: "Account", id: "b", set: { owner: "b" } }]
    const cas = { cas: "b", attr: "owner", old: "b", new: "c" }
    expect(await answerOf(ask(first, "Transact", "ann", { ops: [cas] }))).toBe("not-found /data/ops/0/cas")
    await ask(second, "Transact", "ann", { ops: [person] })
    expect(await answerOf(ask(first, "Transact", "ann", { ops: [cas] }))).toBe("done")
  })

  test("a right that another process has taken away before the commit is missed", async () => {
    const { first, second, transact, meanwhile } = await portal()
    expect(await answerOf(transact(first, "ann", title("one")))).toBe("done")
    meanwhile(() => transact(second, "system", change("Org", "o", { admins: ["bob"] })))
    expect(await answerOf(transact(first, "ann", title("two")))).toBe("not-found /data/ops/0/id")
    expect((await first.entity("f"))?.document["title"]).toBe("one")
    expect(await answerOf(transact(first, "bob", title("three")))).toBe("done")
    meanwhile(() => transact(second, "system", change("Org", "o", { admins: ["ann"] })))
    expect(await answerOf(transact(first, "bob", file("g", { org: "o" })))).toBe("forbidden /data/ops/0/id")
  })

  test("a right that another process has given is there, whatever was remembered", async () => {
    const { first, second, transact } = await portal()
    expect(await answerOf(transact(first, "bob", title("one")))).toBe("forbidden /data/ops/0/set/title")
    await transact(second, "system", change("Org", "o", { admins: ["ann", "bob"] }))
    expect(await answerOf(transact(first, "bob", title("two")))).toBe("done")
  })

  test("a reference to what another process retracts before the commit is refused", async () => {
    const { first, second, transact, meanwhile } = await portal()
    await transact(first, "system", change("File", "f", { owner: "bob" }))
    await transact(first, "system", change("File", "f", { owner: null }))
    meanwhile(() => transact(second, "system", { retract: "bob" }))
    expect(await answerOf(transact(first, "system", change("File", "f", { owner: "bob" })))).toMatch(/^invalid/)
    expect((await first.entity("f"))?.document).not.toHaveProperty("owner")
  })
})

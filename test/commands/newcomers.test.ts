import { describe, expect, test } from "vitest"
import { openDaybook } from "../../src/app/open.ts"
import type { Daybook } from "../../src/daybook.ts"
import type { Command } from "../../src/kernel/message.ts"
import type { Store } from "../../src/ports/store.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { emptyMemory, memoryStore } from "../../src/testing/memory-store.ts"
import { acc, bankApp } from "./bank.ts"

/** Two processes on one memory, and how often the first one asks for heads. */
async function bank(isShared = true) {
  const [memory, clock] = [emptyMemory(), simulatedClock()]
  const counted = { looks: 0 }
  const start = (seed: string, wrap: (store: Store) => Store = store => store) =>
    openDaybook(bankApp(), { store: wrap(memoryStore({ clock, memory, isShared })), clock, ids: seededIds(seed) })
  const counting = (store: Store): Store => {
    const heads: Store["entities"]["heads"] = ids => {
      counted.looks++
      return store.entities.heads(ids)
    }
    return { ...store, entities: { ...store.entities, heads } }
  }
  const first = await start("first", counting)
  let asked = 0
  const ask = (daybook: Daybook, type: string, target: string, said: Partial<Command> = {}, as = "system") => {
    const command = { id: `c${++asked}`, type, target: acc(target), data: { amount: 1 }, ...said }
    return daybook.request(command, { actor: as })
  }
  let made = 0
  const someNew = async (type: string, count: number) => {
    const before = counted.looks
    for (let i = 0; i < count; i++) await ask(first, type, `new-${++made}`)
    return counted.looks - before
  }
  return { first, second: await start("second"), ask, someNew, counted }
}

describe("a kind of command that always makes something new", () => {
  test("is decided without asking whether its target is there, after it was so often enough [N4]", async () => {
    const { first, someNew, counted, ask } = await bank()
    expect(await someNew("Deposit", 16)).toBe(16)
    expect(await someNew("Deposit", 10)).toBe(0)
    // What is known is known.
    await ask(first, "Deposit", "new-20")
    expect(counted.looks).toBe(16)
    expect((await first.entity("new-20"))?.document["balance"]).toBe(2)
    // Another kind is another matter.
    expect(await someNew("OpenAccount", 1)).toBe(1)
  })

  test("is decided again where it is not so, on what is there, and looked up from then on [CP2 TR5]", async () => {
    const { first, second, ask, someNew } = await bank()
    await someNew("Deposit", 16)
    await ask(second, "Deposit", "known", { data: { amount: 9 } })
    const outcome = await ask(first, "Deposit", "known")
    expect([outcome.state, outcome.events.map(e => e.stream.version)]).toEqual(["succeeded", [2]])
    expect((await first.entity("known"))?.document["balance"]).toBe(10)
    expect(await someNew("Deposit", 3)).toBe(3)
  })

  test("is not said no to for that: it is looked first [CP2]", async () => {
    const { first, second, ask, someNew } = await bank()
    for (const type of ["Withdraw", "Deposit"]) await someNew(type, 16)
    await ask(second, "Deposit", "rich", { data: { amount: 9 } })
    expect((await ask(first, "Withdraw", "rich")).state).toBe("succeeded")
    await ask(second, "Deposit", "other", { data: { amount: 9 } })
    expect((await ask(first, "Deposit", "other", { expectedVersion: 1 })).state).toBe("succeeded")
    // The other way round it is as it should be.
    const expecting = ask(first, "Deposit", "nobody", { expectedVersion: 1 })
    await expect(expecting).rejects.toMatchObject({ code: "conflict", facts: { expected: 1, actual: 0 } })
  })

  test("of one batch are all new or all looked up, and those about one target follow each other [CP6]", async () => {
    const { first, second, ask, someNew, counted } = await bank()
    await someNew("Deposit", 16)
    await ask(second, "Deposit", "known", { data: { amount: 9 } })
    const targets = ["a", "b", "known", "a", "known", "c"]
    const outcomes = await Promise.all(targets.map(async target => ask(first, "Deposit", target)))
    expect(outcomes.map(({ events }) => events[0]!.stream.version)).toEqual([1, 1, 2, 2, 3, 1])
    const before = counted.looks
    await Promise.all([ask(first, "Deposit", "d"), ask(first, "OpenAccount", "e", { data: {} })])
    expect(counted.looks).toBe(before + 1)
    expect((await first.entity("known"))?.document["balance"]).toBe(11)
  })

  test("asked for twice is done once [TR4]", async () => {
    const { first, second, ask, someNew } = await bank()
    await someNew("Deposit", 16)
    await ask(second, "Deposit", "once", { id: "twice" })
    expect((await ask(first, "Deposit", "once", { id: "twice" })).events[0]?.stream.version).toBe(1)
    expect((await first.entity("once"))?.document["balance"]).toBe(1)
  })

  test("costs nothing extra where the store is in the process", async () => {
    const { someNew } = await bank(false)
    expect(await someNew("Deposit", 20)).toBe(20)
  })
})

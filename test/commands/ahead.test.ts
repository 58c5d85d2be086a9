import { setImmediate as turn } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { openDaybook } from "../../src/app/open.ts"
import type { Daybook } from "../../src/daybook.ts"
import type { Command } from "../../src/kernel/message.ts"
import type { Store } from "../../src/ports/store.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { emptyMemory, memoryStore } from "../../src/testing/memory-store.ts"
import { acc, bankApp } from "./bank.ts"
import { unavailable } from "./faulty-store.ts"

const names = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `a${from + i}`)

/** Two processes on one memory, of which the first has so many commits under way. `during` happens while its next one is on its way. */
async function bank(atOnce = 2) {
  const [memory, clock] = [emptyMemory(), simulatedClock()]
  const start = (seed: string, wrap: (store: Store) => Store = store => store) =>
    openDaybook(bankApp(), { store: wrap(memoryStore({ clock, memory, isShared: true })), clock, ids: seededIds(seed) })
  const sizes: number[] = []
  const committing: (() => void)[] = []
  const under = { way: 0, most: 0 }
  let during: (() => Promise<unknown>) | null = null
  const first = await start("first", store => ({
    ...store,
    commitsAtOnce: () => atOnce,
    async commit(writes) {
      const count = writes.filter(({ kind }) => kind !== "deliveries").length
      if (count > 0) sizes.push(count)
      if (count > 0) for (const tell of committing) tell()
      const happens = count > 0 ? during : null
      if (happens !== null) during = null
      under.most = Math.max(under.most, ++under.way)
      try {
        await happens?.()
        return await store.commit(writes)
      } finally {
        under.way--
      }
    },
  }))
  let count = 0
  const ask = (daybook: Daybook, type: string, target: string, said: Partial<Command> = {}, amount = 1) =>
    daybook.request({ id: `c${++count}`, type, target: acc(target), data: { amount }, ...said }, { actor: "system" })
  const deposits = (targets: readonly string[]) =>
    Promise.all(targets.map(async target => ask(first, "Deposit", target)))
  const balance = async (id: string) => (await first.entity(id))?.document["balance"]
  // Time enough for everything that can be decided.
  const aWhile = async () => {
    for (let turns = 0; turns < 50; turns++) await turn()
  }
  const onCommit = (tell: () => void) => void committing.push(tell)
  const meanwhile = (happens: () => Promise<unknown>) => void (during = happens)
  return { first, second: await start("second"), ask, deposits, balance, meanwhile, aWhile, sizes, under, onCommit }
}

describe("what waits while others are being committed", () => {
  test("is decided meanwhile, and goes behind them at once: two commits are under way [N4]", async () => {
    const { first, ask, sizes, under, meanwhile, aWhile, onCommit } = await bank()
    meanwhile(aWhile)
    let answered = 0
    const before: number[] = []
    onCommit(() => before.push(answered))
    const outcomes = await Promise.all(
      names(512).map(async name => {
        const outcome = await ask(first, "Deposit", name)
        answered++
        return outcome
      }),
    )
    expect([sizes, before, under.most]).toEqual([[256, 256], [0, 0], 2])
    expect(outcomes.map(({ t }) => t).toSorted((a, b) => a - b)).toEqual(outcomes.map((_, i) => i + 1))
  })

  test("is decided while two are under way, and goes when one of them is there [N4]", async () => {
    const { first, ask, sizes, under, meanwhile, aWhile, onCommit } = await bank()
    meanwhile(aWhile)
    const before: number[] = []
    onCommit(() => before.push(under.way))
    const some = async (from: number) => Promise.all(names(8, from).map(async name => ask(first, "Deposit", name)))
    await Promise.all([some(0), some(8), some(16), some(24), some(32), some(40)])
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(48)
    expect([under.most, Math.max(...before)]).toEqual([2, 1])
  })

  test("is not, where it is little: one commit is less than two [N4]", async () => {
    const { deposits, sizes } = await bank()
    await deposits(names(15))
    expect(sizes).toEqual([15])
  })

  test("waits for them, and is not decided where it is few, while others write as well [N4]", async () => {
    const [many, few] = [await bank(1), await bank(1)]
    many.meanwhile(many.aWhile)
    await Promise.all([many.deposits(names(512)), few.deposits(names(511))])
    expect([many.sizes, many.under.most, few.sizes]).toEqual([[256, 256], 1, [511]])
  })

  test("waits for them where it rests on what they do [CP6]", async () => {
    const { deposits, under, meanwhile, aWhile } = await bank()
    meanwhile(aWhile)
    await deposits(Array.from({ length: 512 }, (_, i) => (i < 256 ? `a${i}` : i === 300 ? "a7" : `b${i}`)))
    expect(under.most).toBe(1)
  })

  test("is done, whatever becomes of them, where it rests on nothing of theirs [CP6 TR5]", async () => {
    const { second, ask, deposits, balance, meanwhile, aWhile, sizes, under } = await bank()
    meanwhile(async () => {
      await aWhile()
      await ask(second, "Deposit", "a3", {}, 50)
    })
    const outcomes = await deposits(names(512))
    expect([under.most, sizes]).toEqual([2, [256, 256, 1]])
    expect(outcomes.every(({ state }) => state === "succeeded")).toBe(true)
    expect([await balance("a3"), await balance("a2"), await balance("a400")]).toEqual([51, 1, 1])
  })

  test("sees what they say, and follows them [CP6]", async () => {
    const { deposits, balance, sizes } = await bank()
    const targets = names(512).map((_, i) => (i % 2 === 0 ? "one" : "other"))
    const outcomes = await deposits(targets)
    expect(sizes).toEqual([256, 256])
    expect(outcomes.map(({ events }) => events[0]!.stream.version)).toEqual(targets.map((_, i) => (i >> 1) + 1))
    expect([await balance("one"), await balance("other")]).toEqual([256, 256])
  })

  test("is decided again where one of them drops out, and in its order [CP6 TR5]", async () => {
    const { second, ask, deposits, balance, meanwhile, aWhile, sizes } = await bank()
    meanwhile(async () => {
      await aWhile()
      await ask(second, "Deposit", "one", {}, 50)
    })
    const outcomes = await deposits(Array.from({ length: 512 }, () => "one"))
    expect(sizes).toEqual([256, 256, 256])
    expect(outcomes.map(({ events }) => events[0]!.stream.version)).toEqual(outcomes.map((_, i) => i + 2))
    expect(outcomes.map(({ t }) => t)).toEqual(outcomes.map((_, i) => i + 2))
    expect(await balance("one")).toBe(562)
  })

  test("is not said no to before they are there, and what is behind it waits [CP2]", async () => {
    const { first, second, ask, deposits, balance, meanwhile, aWhile } = await bank()
    await deposits(["rich"])
    meanwhile(async () => {
      await aWhile()
      await ask(second, "Deposit", "rich", {}, 9)
    })
    const before = deposits(names(260))
    const expecting = ask(first, "Deposit", "rich", { expectedVersion: 2 })
    const after = deposits(names(260, 260))
    expect((await expecting).events[0]?.stream.version).toBe(3)
    const wrong = ask(first, "Deposit", "rich", { expectedVersion: 2 })
    await expect(wrong).rejects.toMatchObject({ code: "conflict", facts: { expected: 2, actual: 3 } })
    expect([...(await before), ...(await after)].every(({ state }) => state === "succeeded")).toBe(true)
    expect(await balance("rich")).toBe(11)
  })

  test("is done even so where they could not be written [TR2]", async () => {
    const { deposits, balance, meanwhile, aWhile, sizes } = await bank()
    meanwhile(async () => {
      await aWhile()
      throw unavailable()
    })
    const asked = await Promise.allSettled([deposits(names(256)), deposits(names(256, 128))])
    expect(asked.map(({ status }) => status)).toEqual(["rejected", "fulfilled"])
    expect(sizes.length).toBeGreaterThan(1)
    // The first half is not there; of the others, all are, once each.
    expect([await balance("a0"), await balance("a127"), await balance("a128"), await balance("a383")]).toEqual([
      undefined,
      undefined,
      1,
      1,
    ])
  })

  test("and takes more than a decision waits for its turn [CP6]", async () => {
    const { first, ask, deposits, balance, meanwhile, aWhile } = await bank()
    await deposits(["from"])
    meanwhile(aWhile)
    const before = deposits(names(260))
    const moved = ask(first, "Transfer", "from", { data: { to: "to", amount: 1 } })
    const after = deposits([...names(260, 260), "from"])
    expect((await moved).state).toBe("succeeded")
    expect([...(await before), ...(await after)].every(({ state }) => state === "succeeded")).toBe(true)
    expect([await balance("from"), await balance("to")]).toEqual([1, 1])
  })
})

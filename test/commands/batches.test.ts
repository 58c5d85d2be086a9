import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { acc, bankApp } from "./bank.ts"
import { faulty, remote } from "./faulty-store.ts"
import { storeNames, World } from "./world.ts"

type Step = {
  readonly id: string
  readonly what: "deposit" | "withdraw" | "bad data" | "bug" | "label" | "stale"
  readonly n: number
}

const step = fc.record<Step>({
  id: fc.constantFrom("a", "b", "c", "d"),
  what: fc.constantFrom("deposit", "deposit", "deposit", "withdraw", "withdraw", "bad data", "bug", "label", "stale"),
  n: fc.integer({ min: 1, max: 9 }),
})

/** What accounts do, in plain numbers. */
class Model {
  readonly balances = new Map<string, number>()
  readonly labels = new Map<string, Set<number>>()
  readonly streams = new Map<string, string[]>()

  expected({ id, what, n }: Step): string {
    const balance = this.balances.get(id) ?? 0
    switch (what) {
      case "deposit":
        this.balances.set(id, balance + n)
        return this.#say(id, `Deposited ${n}`, "succeeded")
      case "withdraw":
        if (n > balance) return this.#say(id, `Overdrawn ${n}`, "rejected")
        this.balances.set(id, balance - n)
        return this.#say(id, `Withdrawn ${n}`, "succeeded")
      case "label": {
        const labels = this.labels.get(id) ?? new Set()
        this.labels.set(id, labels)
        if (labels.has(n)) return this.#say(id, "NothingHappened ", "rejected")
        labels.add(n)
        return this.#say(id, "Labelled ", "succeeded")
      }
      case "bug":
        return "failed"
      case "stale":
      case "bad data":
        return "refused"
    }
  }

  #say(id: string, event: string, state: string): string {
    this.streams.set(id, [...(this.streams.get(id) ?? []), event])
    return state
  }
}

function ask(world: World, { id, what, n }: Step): Promise<unknown> {
  switch (what) {
    case "deposit":
      return world.ask("Deposit", acc(id), { amount: n })
    case "withdraw":
      return world.ask("Withdraw", acc(id), { amount: n })
    case "bad data":
      return world.ask("Deposit", acc(id), { amount: -n })
    case "bug":
      return world.ask("Misbehave", acc(id), { how: "mix" })
    case "label":
      return world.ask("Label", acc(id), { labels: [String(n)] })
    case "stale":
      return world.ask("Deposit", acc(id), { amount: n }, { expectedVersion: 10_000 + n })
  }
}

describe.each(storeNames)("on %s", name => {
  const wraps = {
    "at hand": {},
    "far away": { wrap: remote },
    "that fails whole batches": {
      wrap: faulty({
        commit: writes => {
          if (writes.length > 1 && writes.length % 3 === 0) throw new Error("One of them, I do not say which")
        },
      }),
    },
  }

  test.each(Object.entries(wraps))(
    "200 random commands in one turn do what they would do one by one, with a store %s: each fails alone, t has no gap, order per entity is kept [A13 A15 CE11 CP6 X10]",
    async (_where, options) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 200, maxLength: 200 }), async steps => {
          const world = await World.on(name, bankApp(), options)
          const model = new Model()
          const expected = steps.map(s => model.expected(s))
          const settled = await Promise.allSettled(steps.map(s => ask(world, s)))
          const states = settled.map(s => (s.status === "fulfilled" ? (s.value as { state: string }).state : "refused"))
          expect(states).toEqual(expected)
          for (const id of ["a", "b", "c", "d"]) {
            const { events } = await world.daybook.stream(id, 1, 1_000)
            const said = events.map(e => `${e.type} ${(e.data["amount"] as number | undefined) ?? ""}`)
            expect(said).toEqual(model.streams.get(id) ?? [])
            expect(events.map(e => e.stream.version)).toEqual(events.map((_, i) => i + 1))
            const balance = ((await world.document(id))?.["balance"] ?? 0) as number
            expect(balance).toBe(model.balances.get(id) ?? 0)
          }
          const ts = new Set(settled.flatMap(s => (s.status === "fulfilled" ? [(s.value as { t: number }).t] : [])))
          expect([...ts].toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: await world.daybook.basis() }, (_, i) => i + 1),
          )
          expect(await world.findings()).toEqual([])
        }),
        { numRuns: name === "PostgreSQL" ? 1 : 4 },
      )
    },
  )

  test("what waits is committed together, and nobody is answered before it is [CP2 CP3]", async () => {
    const sizes: number[] = []
    const world = await World.on(name, bankApp(), {
      wrap: faulty({ commit: writes => void sizes.push(writes.filter(w => w.kind === "transaction").length) }),
    })
    const order: string[] = []
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        // Of system nobody asks the store what it may be shown.
        world.ask("Deposit", acc(`n${i}`), { amount: 1 }, { as: "system" }).then(() => order.push(`n${i}`)),
      ),
    )
    expect(sizes.reduce((a, b) => a + b)).toBe(100)
    expect(sizes.length).toBeLessThan(20)
    expect(order).toEqual(Array.from({ length: 100 }, (_, i) => `n${i}`))
  })

  // How much may wait has nothing to do with the store; twenty thousand refusals have.
  if (name !== "PostgreSQL")
    test("more than may wait is refused as too much [TR7]", async () => {
      const world = await World.on(name, bankApp())
      const all = Array.from({ length: 20_001 }, (_, i) => world.ask("Dance", acc(`n${i}`), {}, { id: `c${i}` }))
      const settled = await Promise.allSettled(all)
      const codes = settled.map(s => (s.status === "rejected" ? (s.reason as { code: string }).code : "none"))
      expect(new Set(codes.slice(0, 20_000))).toEqual(new Set(["unknown-command"]))
      expect(codes[20_000]).toBe("overloaded")
    })
})

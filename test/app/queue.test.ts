import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { limits } from "../../src/kernel/limits.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Processor } from "../../src/kernel/processor.ts"
import { acc, bankApp } from "../commands/bank.ts"
import { storeNames, World } from "../commands/world.ts"

type Needs = { event: RecordedEvent; attempt: number; key: string }

/** A bank that tells somebody outside of each deposit, by way of what the test says. */
function telling(run: (needs: Needs) => unknown) {
  const effect: Processor = {
    kind: "processor",
    name: "tell",
    on: ["Deposited"],
    mode: "effect",
    run: (({ event, attempt, key }: Needs) => run({ event, attempt, key })) as never,
    from: "beginning",
  }
  return daybook({ ...bankApp(), importing: () => () => ({ skip: "" }), processors: [effect] })
}

const deposit = (world: World, account: string) => world.ask("Deposit", acc(account), { amount: 1 })

describe.each(storeNames)("on %s, the queue", name => {
  test("hands on what nobody answers for again, with the same key; an entity's in order, others do not wait [L6 L13 N53]", async () => {
    const told: { of: string; attempt: number; key: string }[] = []
    const world = await World.on(
      name,
      telling(({ event: { stream }, attempt, key }) => {
        told.push({ of: `${stream.id}.${stream.version}`, attempt, key })
        // Whoever was handed this says neither yes nor no.
        return stream.id === "a" && stream.version === 1 && attempt === 1 ? new Promise(() => {}) : null
      }),
    )
    for (const account of ["a", "a", "b"]) await deposit(world, account)
    await world.clock.idle()
    expect(told.map(({ of }) => of).toSorted()).toEqual(["a.1", "b.1"])
    await world.clock.advance(limits.effectMsMax + limits.retryBaseMs + limits.retryJitterMs)
    await world.daybook.drain()
    expect(told.filter(({ of }) => of.startsWith("a")).map(({ of, attempt }) => [of, attempt])).toEqual([
      ["a.1", 1],
      ["a.1", 2],
      ["a.2", 1],
    ])
    const [first, second] = told.filter(({ of }) => of === "a.1")
    expect(second!.key).toBe(first!.key)
  })

  test("outlives the process that was to empty it: the next one goes on [L6 L13 C10 CP4 N9]", async () => {
    const told: string[] = []
    const hanging = telling(() => new Promise(() => {}))
    const world = await World.on(name, hanging)
    for (const account of ["a", "b", "a"]) await deposit(world, account)
    await world.restart(telling(({ event: { stream } }) => void told.push(`${stream.id}.${stream.version}`)))
    // What the first one had in hand is the next one's when its lease is over, where a store keeps leases.
    await world.clock.advance(2 * limits.leaseMs)
    await world.daybook.drain()
    expect(told.toSorted()).toEqual(["a.1", "a.2", "b.1"])
    expect(told.indexOf("a.1")).toBeLessThan(told.indexOf("a.2"))
  })

  test("takes and gives thousands of commands and events in seconds; how many is what the bench measures [N8]", async () => {
    const world = await World.on(name, bankApp())
    const count = name === "PostgreSQL" ? 500 : 2_000
    const began = performance.now()
    await Promise.all(Array.from({ length: count }, (_, i) => deposit(world, `account-${i % 50}`)))
    const written = performance.now()
    expect(await world.events()).toHaveLength(count)
    const read = performance.now()
    // Far from what the bench asks for: this runs beside other tests, on whatever machine there is.
    expect(count / ((written - began) / 1_000)).toBeGreaterThan(20)
    expect(count / ((read - written) / 1_000)).toBeGreaterThan(50)
  })
})

test("one place knows Transact, so that another way of saying changes could take its place [L81]", () => {
  const src = fileURLToPath(new URL("../../src", import.meta.url))
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(file => file.endsWith(".ts"))
  const imports = files.filter(file =>
    /from "(?:\.|[^"]*\/commands)\/transact\.ts"/.test(readFileSync(join(src, file), "utf8")),
  )
  expect(imports).toEqual([join("commands", "batch.ts")])
  // It says what is to happen by the same unit of work that handlers are given, and writes nothing itself.
  const transact = readFileSync(join(src, "commands/transact.ts"), "utf8")
  expect(transact).not.toMatch(/from "[^"]*(?:ports\/(?:write|store)|committer|dispatcher|record)\.ts"/)
})

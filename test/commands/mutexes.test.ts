import { describe, expect, test } from "vitest"
import { LeaseMutex, rowMutex } from "../../src/commands/mutexes.ts"
import { limits } from "../../src/kernel/limits.ts"
import type { Mutex, Turn } from "../../src/ports/mutex.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { mutexCases, mutexContract, type MakeMutex } from "../../src/testing/mutex-contract.ts"

const leaseMutex: MakeMutex = ({ store: { leases }, clock, holder }) => new LeaseMutex({ leases, clock, holder })

mutexContract("the store's row", () => rowMutex)
mutexContract("a lease with a fencing token", leaseMutex)

describe("the contract of a mutex", () => {
  const failing = async (make: MakeMutex) => {
    const failed: string[] = []
    for (const { name, run } of mutexCases) await run(make).catch(() => failed.push(name))
    return failed
  }

  test("is broken by one that never gives a turn back, and by one whose turns another one's end", async () => {
    const keeping: MakeMutex = parts => {
      const mutex = leaseMutex(parts)
      return { take: async id => ((await mutex.take(id)) === null ? null : { end: () => {} }) }
    }
    expect(await failing(keeping)).toContain("a turn that was given back is anybody's at once")
    const wrong: MakeMutex = parts => {
      const mutex = leaseMutex(parts)
      const fenced = ({ fence, end }: Turn): Turn => ({ fence: { name: fence!.name, epoch: fence!.epoch - 1 }, end })
      return { take: async id => then(await mutex.take(id), fenced) }
    }
    expect(await failing(wrong)).toContain("whoever has the turn takes the step, and then the next one")
  })

  const then = (turn: Turn | null, make: (turn: Turn) => Turn) => (turn === null ? null : make(turn))
})

test("a lease under which a step takes long is renewed by those who ask for turns of it, under the same token [W52]", async () => {
  const clock = simulatedClock()
  const { leases } = memoryStore({ clock, isShared: true })
  const mutex: Mutex = new LeaseMutex({ leases, clock, holder: "one" })
  const other = new LeaseMutex({ leases, clock, holder: "two" })
  const first = await mutex.take("i")
  const second = await mutex.take("i")
  expect(second?.fence).toEqual(first?.fence)
  await second?.end(false)
  for (let n = 0; n < 10; n++) {
    await clock.advance(limits.leaseRenewMs)
    // It is held, and whoever asks now waits for it as another process does.
    expect([await mutex.take("i"), await other.take("i")]).toEqual([null, null])
  }
  expect(await leases.renew(first!.fence!.name, "one", first!.fence!.epoch, limits.leaseMs)).toBe(true)
  await first?.end(false)
  expect(await other.take("i")).not.toBeNull()
})

test("steps of other instances that overlap without an end keep nobody out for good [W50 W54]", async () => {
  const clock = simulatedClock()
  const { leases } = memoryStore({ clock, isShared: true })
  const mutex: Mutex = new LeaseMutex({ leases, clock, holder: "one" })
  const other = new LeaseMutex({ leases, clock, holder: "two" })
  let [waits, mostWaits] = [0, 0]
  const counts = { one: 0, two: 0 }
  let last = await mutex.take("i")
  for (let n = 0; n < 400; n++) {
    await clock.advance(limits.pollMs)
    const next = await mutex.take("i")
    await last?.end(false)
    last = next
    counts.one += next === null ? 0 : 1
    const theirs = await other.take("i")
    counts.two += theirs === null ? 0 : 1
    waits = theirs === null ? waits + 1 : 0
    mostWaits = Math.max(mostWaits, waits)
    await theirs?.end(false)
  }
  expect(mostWaits * limits.pollMs).toBeLessThanOrEqual(limits.leaseRenewMs + 2 * limits.pollMs)
  // And whoever has much to do is not kept from it by that.
  expect(counts.one).toBeGreaterThan(360)
  expect(counts.two).toBeGreaterThan(6)
})

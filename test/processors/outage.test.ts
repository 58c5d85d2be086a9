import { describe, expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { aProcessor, nameOf, note, World } from "./world.ts"

type Needs = { event: RecordedEvent }

const noting = ({ event }: Needs) => note(`log-${event.stream.id}`, nameOf(event))

describe("during a long outage", () => {
  const outage = () => {
    const world = new World()
    const state = { isDown: true, calls: 0, most: 0, now: 0 }
    const processor = aProcessor({
      mode: "effect",
      attemptsMax: 50,
      async run({ event }: Needs) {
        state.calls += 1
        state.most = Math.max(state.most, ++state.now)
        await world.turn()
        state.now--
        if (state.isDown) throw new Refusal("unavailable", "The transport is away")
        return note(`log-${event.stream.id}`, nameOf(event))
      },
    })
    return { world, state, processor }
  }

  test("a processor pauses, probes one delivery at a time, and goes on when one succeeds [TR7]", async () => {
    const { world, state, processor } = outage()
    const { consumers } = await world.start([processor])
    for (let n = 1; n <= 100; n++) world.put(`t${n}`, { n })
    await world.clock.idle()
    // While the first failures came in, each but the last let one more begin.
    const begun = limits.effectsAtOnceMax + limits.failedInARowMax - 1
    expect(state.calls).toBe(begun)
    expect(consumers.lag()[0]!.circuit).toBe("open")
    expect(consumers.busy()).toBe(false)
    state.most = 0
    await world.clock.advance(600_000)
    // The pauses grow to a minute: ten minutes of outage cost some twenty calls more.
    expect(state.calls).toBeGreaterThan(begun + 10)
    expect(state.calls).toBeLessThan(begun + 25)
    expect(state.most).toBe(1)
    state.isDown = false
    await world.finish()
    expect(world.requests).toHaveLength(100)
    expect(consumers.lag()[0]!.circuit).toBe("closed")
    expect(world.counted.get("circuit_opened_total p")).toBeGreaterThan(5)
  })

  test("other processors go on [X11]", async () => {
    const { world, processor } = outage()
    await world.start([processor, aProcessor({ name: "q", run: noting })])
    for (let n = 1; n <= 100; n++) world.put(`t${n}`, { n })
    await world.clock.idle()
    expect(world.requests).toHaveLength(100)
  })
})

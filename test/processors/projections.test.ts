import { describe, expect, test } from "vitest"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Write } from "../../src/ports/write.ts"
import { count, rowsOf, statusOf, tally, type Tally } from "./tally.ts"
import { World } from "./world.ts"

test("a read model follows the log, and is read by keys and in order [N45, N46, N47]", async () => {
  const world = new World()
  const { consumers } = await world.start([], [tally()])
  for (const thing of ["b", "a", "b"]) world.put(thing, { n: 1 })
  world.put("a", { n: 2 }, { type: "Paid" })
  expect(consumers.busy()).toBe(true)
  await consumers.idle()
  expect(await rowsOf(consumers)).toEqual({ "all-1": { n: 4, last: 4 }, a: { n: 1, last: 2 }, b: { n: 2, last: 3 } })
  expect([...(await consumers.rows("tally", ["b", "none"]))]).toEqual([["b", { n: 2, last: 3 }]])
  expect(await consumers.list("tally", { after: "a", limit: 1 })).toEqual([{ key: "all-1", row: { n: 4, last: 4 } }])
  await expect(consumers.rows("other", [])).rejects.toMatchObject({ code: "not-found" })
})

function caught(waiting: Promise<void>): Promise<unknown> {
  return waiting.catch((error: unknown) => error)
}

describe("who waits for t", () => {
  test("can read it when the wait is over [N51]", async () => {
    const world = new World()
    const { consumers } = await world.start([], [tally(), tally(1, { name: "other" })])
    for (let n = 1; n <= 20; n++) {
      world.put("a", { n })
      await consumers.waitFor(world.basis, n % 2 === 0 ? {} : { projection: "tally" })
      expect((await consumers.rows("tally", ["all-1"])).get("all-1")).toEqual({ n, last: n })
    }
  })

  test("is not kept waiting by events that do not concern the projection", async () => {
    const world = new World()
    const { consumers } = await world.start([], [tally()])
    world.put("a", { n: 1 }, { type: "Noted" })
    await consumers.idle()
    await consumers.waitFor(1)
    expect(await statusOf(consumers)).toEqual([{ version: 1, t: 1, lag: 0, live: true }])
  })

  test("is told when it takes too long, and by whom", async () => {
    const world = new World()
    const { consumers } = await world.start([], [tally()])
    const waiting = caught(consumers.waitFor(1, { timeoutMs: 50 }))
    await world.clock.advance(50)
    expect(await waiting).toMatchObject({ code: "timeout", message: "1 was not reached in time: tally is at 0" })
    await expect(consumers.waitFor(1, { projection: "none" })).rejects.toMatchObject({ code: "not-found" })
  })

  test("is told when everything stops", async () => {
    const world = new World()
    const { consumers } = await world.start([], [tally()])
    await world.clock.idle()
    const waiting = caught(consumers.waitFor(1))
    await consumers.stop()
    expect(await waiting).toMatchObject({ code: "unavailable" })
  })
})

describe("an event that a projection cannot take", () => {
  const choosy = (isCured = { yes: false }) =>
    tally(1, {
      on: {
        Put: [
          {
            keys: () => "all",
            fold: (row: Tally | null, e: RecordedEvent) => {
              if (e.stream.id === "bad" && !isCured.yes) throw new Error("cannot take it")
              return count(row, e)
            },
          },
        ],
      },
    })

  test("is left out, recorded and counted, and the rest goes on", async () => {
    const world = new World()
    const { consumers } = await world.start([], [choosy()])
    for (const thing of ["a", "bad", "c"]) world.put(thing, { n: 1 })
    await consumers.idle()
    expect(await rowsOf(consumers)).toEqual({ all: { n: 2, last: 3 } })
    expect([...world.memory.parked.values()]).toMatchObject([
      {
        consumer: "projection:tally",
        t: 2,
        n: 0,
        entity: "bad",
        state: "dead",
        attempts: [{ error: "Error: cannot take it" }],
      },
    ])
    expect((await consumers.projections())[0]!.error).toContain("2:0")
    expect(world.counted.get("projection_failures_total tally")).toBe(1)
    expect(world.journal.filter(line => line.level === "error")).toHaveLength(1)
  })

  test("is taken by a rebuild, when it can be by then", async () => {
    const world = new World()
    const cure = { yes: false }
    const { consumers } = await world.start([], [choosy(cure)])
    for (const thing of ["a", "bad", "c"]) world.put(thing, { n: 1 })
    await consumers.idle()
    cure.yes = true
    const rebuilt = consumers.rebuild("tally")
    await world.finish()
    await rebuilt
    expect(await rowsOf(consumers)).toEqual({ all: { n: 3, last: 3 } })
    expect([...world.memory.parked]).toEqual([])
    expect((await consumers.projections())[0]!.error).toBe(null)
  })

  test("can be dropped", async () => {
    const world = new World()
    const { consumers } = await world.start([], [choosy()])
    world.put("bad", { n: 1 })
    await consumers.idle()
    await consumers.drop({ consumer: "projection:tally", t: 1, n: 0 })
    expect([...world.memory.parked]).toEqual([])
  })
})

test("a store that takes nothing for a while makes it late, not wrong [CP8]", async () => {
  const world = new World()
  let failures = 3
  const beforeWrite = (write: Write) => {
    if (write.kind === "projection" && failures-- > 0) throw new Error("the disk is full")
  }
  const { consumers } = await world.start([], [tally()], { meddling: { beforeWrite } })
  world.put("a", { n: 1 })
  await world.clock.idle()
  expect(consumers.busy()).toBe(true)
  expect((await consumers.projections())[0]).toMatchObject({ t: 0, lag: 1, error: "Error: the disk is full" })
  world.put("a", { n: 2 })
  await world.finish()
  expect(await rowsOf(consumers)).toHaveProperty("all-1", { n: 2, last: 2 })
  expect((await consumers.projections())[0]).toMatchObject({ t: 2, lag: 0, error: null })
  expect(world.gauges.get("projection_lag_transactions tally")).toBe(0)
})

test("a projection stops at once, though the store takes nothing, and goes on after a restart [L13, TR6]", async () => {
  const world = new World()
  const beforeWrite = (write: Write) => {
    if (write.kind === "projection") throw new Error("the disk is full")
  }
  const first = await world.start([], [tally()], { meddling: { beforeWrite } })
  world.put("a", { n: 1 })
  await world.clock.idle()
  await first.consumers.stop()
  expect(first.consumers.busy()).toBe(false)
  expect(world.clock.iso()).toBe("2030-01-01T00:00:00.000Z")
  first.kill()
  const second = await world.start([], [tally()])
  await second.consumers.idle()
  expect(await rowsOf(second.consumers)).toHaveProperty("all-1", { n: 1, last: 1 })
})

test("at the start it is said what does not fit", async () => {
  const start = new World().start([], [tally(), tally(), tally(0), tally(1, { name: "x", on: { Putt: [] } })])
  const said = await start.then(
    () => "",
    (error: Error) => error.message,
  )
  expect(said.split("\n- ").slice(1)).toEqual([
    "There are two projections tally of version 1",
    "The version of tally is 0, not 1, 2, 3 …",
    "The projection x folds Putt, which is no event",
  ])
})

test("what one commit brings, and what comes during a write, is one write each", async () => {
  const world = new World()
  let writes = 0
  const beforeWrite = (write: Write) => {
    if (write.kind === "projection") writes += 1
  }
  const { consumers } = await world.start([], [tally()], { meddling: { beforeWrite } })
  await world.clock.idle()
  for (let n = 0; n < 100; n++) world.put("a", { n })
  await consumers.idle()
  expect(writes).toBe(1)
})

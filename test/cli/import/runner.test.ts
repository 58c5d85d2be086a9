import { setImmediate } from "node:timers/promises"
import { onTestFinished, describe, expect, test } from "vitest"
import { LogError } from "../../../src/adapters/files/log-error.ts"
import type { LogLine } from "../../../src/adapters/files/log-line.ts"
import { daybook as define } from "../../../src/app/define.ts"
import { openDaybook } from "../../../src/app/open.ts"
import { BadInput } from "../../../src/cli/bad-input.ts"
import { mapperOf } from "../../../src/cli/import/mapping.ts"
import { Position } from "../../../src/cli/import/resume.ts"
import { Run, type RunParts } from "../../../src/cli/import/runner.ts"
import { Summary } from "../../../src/cli/import/summary.ts"
import type { Importing } from "../../../src/kernel/app.ts"
import { limits } from "../../../src/kernel/limits.ts"
import { event, reject } from "../../../src/kernel/message.ts"
import { Refusal } from "../../../src/kernel/refusal.ts"
import type { Store } from "../../../src/ports/store.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { seededIds } from "../../../src/testing/ids.ts"
import { memoryStore } from "../../../src/testing/memory-store.ts"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { fileOf, line } from "./lines.ts"

const nothing = { type: "object", additionalProperties: false } as const
const app = define({
  schema: {
    daybook: 1,
    name: "doors",
    version: 1,
    entities: { Door: { attributes: { isOpen: { type: "boolean" } } } },
    commands: { Open: { target: "Door", data: nothing }, Shut: { target: "Door", data: nothing } },
    events: {
      Opened: { stream: "Door", data: nothing },
      Shut: { stream: "Door", data: nothing },
      AlreadyOpen: { stream: "Door", data: nothing, rejection: true },
    },
  },
  aggregates: [
    {
      kind: "aggregate",
      type: "Door",
      decide: {
        Open: (_data: never, door: { isOpen?: boolean }) =>
          door.isOpen ? reject("AlreadyOpen", {}) : event("Opened", {}),
        Shut: () => event("Shut", {}),
      },
      evolve: { Opened: () => ({ isOpen: true }), Shut: () => ({ isOpen: false }) },
    },
  ],
})

const importing: Importing =
  () =>
  ({ caseId, activity }) =>
    activity === "look"
      ? { skip: "nobody opens it" }
      : { type: activity, target: { type: "Door", id: caseId }, data: {} }

const ids = seededIds("import")

async function opened(store: Store = memoryStore({ clock: simulatedClock() })) {
  const daybook = await openDaybook(app, { store, clock: systemClock(), ids: seededIds("app") })
  onTestFinished(() => daybook.close())
  return { daybook, store }
}

type Taking = {
  daybook: RunParts["daybook"]
  store: Store
  log?: string
  again?: boolean
  effects?: boolean
  stop?: AbortSignal
  failure?: Error
}

async function take(
  lines: readonly LogLine[],
  { log = "a", again = false, effects = false, failure, ...parts }: Taking,
) {
  const summary = new Summary("row")
  const position = await Position.of(log, parts.store)
  const { stop = new AbortController().signal } = parts
  const run = Run.over(fileOf(lines, failure), {
    log,
    ...parts,
    map: mapperOf(importing, log, ids),
    position,
    again,
    effects,
    summary,
    stop,
  })
  return { summary, position, run }
}

const day = [
  line(1, "front", "Open"),
  line(2, "front", "Open"),
  line(3, "back", "Open"),
  line(4, "front", "Shut"),
  line(5, "back", "look"),
  line(6, "front", "Open"),
  line(7, "front", "Break"),
]

describe("a log", () => {
  test("becomes commands in the order of its lines, and what came of them is counted [W31 N55]", async () => {
    const parts = await opened()
    const { summary, run, position } = await take(day, parts)
    await run
    const { events } = await parts.daybook.events(0, { limit: 100 })
    const of = (id: string) => events.map(e => e.event).filter(e => e.stream.id === id)
    expect(of("front").map(e => e.type)).toEqual(["Opened", "AlreadyOpen", "Shut", "Opened"])
    expect(of("front")[0]).toMatchObject({ actor: "system", causedBy: { id: ids.of("a", 1), type: "Open" } })
    expect(summary.json("a.csv", 1)).toMatchObject({
      lines: 7,
      commands: 5,
      events: 5,
      rejected: { AlreadyOpen: 1 },
      skipped: { "nobody opens it": 1 },
      refused: { "unknown-command": { count: 1, first: [expect.stringMatching(/^row 8: There is no command Break/)] } },
    })
    expect(position.line).toBe(7)
  })

  test("taken in again is read past; asked for again it is answered as before [W31]", async () => {
    const parts = await opened()
    await (
      await take(day, parts)
    ).run
    const second = await take(day, parts)
    await second.run
    const third = await take(day, { ...parts, again: true })
    await third.run
    expect(second.summary).toMatchObject({ lines: 7, past: 7, asked: 0, repeated: 0 })
    expect(third.summary).toMatchObject({ lines: 7, past: 0, asked: 0, repeated: 5 })
    expect(await parts.daybook.basis()).toBe(5)
  })

  test("that breaks off keeps what came before, and goes on when it is mended", async () => {
    const parts = await opened()
    const failure = new LogError({ file: "a.csv", line: 5, reason: "nonsense" })
    const first = await take(day.slice(0, 3), { ...parts, failure })
    await expect(first.run).rejects.toThrow(failure)
    expect(first.position.line).toBe(3)
    const second = await take(day, parts)
    await second.run
    expect(second.summary).toMatchObject({ past: 3, asked: 2 })
  })

  test("is not mixed up with another of the same name", async () => {
    const parts = await opened()
    await (
      await take(day, parts)
    ).run
    const others = day.map(({ number, activity }) => line(number, "garage", activity))
    await expect((await take(others, parts)).run).rejects.toThrow(BadInput)
    expect((await parts.store.entities.heads(["garage"]))[0]).toMatchObject({ version: 0 })
    await (
      await take(others, { ...parts, log: "b" })
    ).run
    expect((await parts.store.entities.heads(["garage"]))[0]).not.toMatchObject({ version: 0 })
  })

  test("whose app fails on a line says at which", async () => {
    const failing: Importing = () => () => {
      throw new Error("no such thing")
    }
    expect(() => mapperOf(failing, "a", ids)(line(3, "x", "y"))).toThrow(
      "Cannot read a.csv at line 4: the app's importing failed on it (no such thing).",
    )
  })
})

test("a moment that says no zone is one in UTC, and one that does is kept as written", () => {
  const at: Importing =
    () =>
    ({ at }) => ({ type: "T", target: null, data: {}, ...(at === null ? {} : { occurredAt: at }) })
  const map = mapperOf(at, "a", ids)
  const read = (at: string) => map(line(1, "x", "y", { at }))
  expect(read("2011-10-01T00:38:44.546+02:00")).toMatchObject({ occurredAt: "2011-10-01T00:38:44.546+02:00" })
  expect(read("2011-10-01T00:38:44")).toMatchObject({ occurredAt: "2011-10-01T00:38:44Z" })
  expect(read("2011-10-01")).toMatchObject({ occurredAt: "2011-10-01T00:00:00Z" })
})

describe("a store", () => {
  /** Answers as it is told, one command after the other. */
  function answering(answer: (n: number) => Promise<void>) {
    let asked = 0
    const daybook: RunParts["daybook"] = {
      clock: systemClock(),
      basis: () => Promise.resolve(0),
      async request({ id }) {
        await answer(++asked)
        return { id, state: "succeeded", t: asked, events: [] }
      },
    }
    return { parts: { daybook, store: memoryStore({ clock: simulatedClock() }) }, asked: () => asked }
  }

  test("that cannot be written stops it there, and nothing is passed over", async () => {
    const { parts } = answering(async n => {
      if (n === 3) throw new Refusal("unavailable", "The disk is full")
    })
    const { run, position, summary } = await take(day, parts)
    await expect(run).rejects.toThrow("The disk is full")
    expect(position.line).toBe(2)
    expect(summary.hasRefused).toBe(false)
  })

  test("that is slow is not asked for more than two batches at once", async () => {
    const waiting: (() => void)[] = []
    const { parts, asked } = answering(
      () =>
        new Promise(resolve => {
          waiting.push(resolve)
        }),
    )
    const many = Array.from({ length: 3 * limits.batchUnitsMax }, (_, i) => line(i + 1, `d${i}`, "Open"))
    const { run, position } = await take(many, parts)
    const done = run.then(() => true as const)
    let most = 0
    while (!(await Promise.race([done, setImmediate(false)]))) {
      most = Math.max(most, waiting.length)
      for (const answer of waiting.splice(0)) answer()
    }
    expect(most).toBe(2 * limits.batchUnitsMax)
    expect({ asked: asked(), position: position.line }).toEqual({ asked: many.length, position: many.length })
  })
})

test("asked to stop, it answers what is under way and keeps its place", async () => {
  const parts = await opened()
  const stop = new AbortController()
  stop.abort()
  const { run, position, summary } = await take(day, { ...parts, stop: stop.signal })
  await run
  expect(summary).toMatchObject({ lines: 2, asked: 2 })
  expect(position.line).toBe(2)
})

import { setImmediate as turn } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import { in_ } from "../../src/kernel/moments.ts"
import { done, step, type Workflow } from "../../src/kernel/workflow.ts"
import type { Store } from "../../src/ports/store.ts"
import { testApp, type TestApp } from "../../src/testing/app.ts"
import type { SimulatedClock } from "../../src/testing/clock.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { child, heard, timed, workflow } from "./machine.ts"

const data = { type: "object" }
const ask = (type: string, said: Record<string, Json> = {}) => ({ type, target: null, data: said })

/** An app of workflows about nothing in particular; `Work` is a handler, `Say` makes an event happen, `Told` is told. */
function appOf(workflows: readonly Workflow[], work: (key: string) => Promise<string> | string = () => "worked") {
  const types = ["Work", "Odd", ...workflows.map(({ type }) => type)]
  return daybook({
    schema: {
      daybook: 1,
      name: "races",
      version: 1,
      entities: { Thing: { attributes: { name: { type: "string" } } } },
      commands: {
        ...Object.fromEntries(types.map(type => [type, { target: null, data }])),
        Say: { target: "Thing", data },
      },
      events: { Said: { stream: "Thing", data }, Told: { stream: "Outside", requires: "edit", data } },
    },
    aggregates: [
      {
        kind: "aggregate",
        type: "Thing",
        decide: { Say: (said: Record<string, Json>) => ({ type: "Said", data: said, rejection: false }) },
        evolve: { Said: (state: object) => ({ ...state, name: "said" }) },
      },
    ],
    workflows,
    handlers: [
      { kind: "handler", type: "Work", run: (key: string) => work(key), inject: ["key"] },
      { kind: "handler", type: "Odd", run: () => Promise.reject(new Error("The world is away")), inject: [] },
    ],
  })
}

const patient = workflow({ type: "Patient", start: () => step({}).wait("it"), on: { it: heard("Said", () => done()) } })
const states = async ({ daybook: running }: TestApp, type: string) =>
  (await running.commands({ type, limit: 200 })).map(({ state }) => state)
const findingsOf = async ({ daybook: running }: TestApp) => {
  const findings = []
  for await (const finding of running.verify()) findings.push(finding)
  return findings
}

describe("an abort", () => {
  test("reaches children that were asked for a moment before, down to grandchildren [W48 W49]", async () => {
    const grandparent = workflow({
      type: "Grandparent",
      start: () => step({}).spawn("parts", [ask("Parent"), ask("Parent")]),
      on: { parts: child(() => done()) },
    })
    const parent = workflow({
      type: "Parent",
      start: () =>
        step({})
          .spawn("parts", [ask("Patient"), ask("Patient")])
          .send(ask("Patient")),
      on: { parts: child(() => done()) },
    })
    for (const turns of [0, 1, 3, 6]) {
      const running = await testApp(appOf([grandparent, parent, patient]))
      const begun = running.daybook.request({ id: "g", ...ask("Grandparent") }, { actor: "system" })
      for (let i = 0; i < turns; i++) await turn()
      await running.daybook.abort("g", "system")
      await running.settle()
      await begun
      expect(await states(running, "Grandparent"), `after ${turns} turns`).toEqual(["aborted"])
      expect((await states(running, "Parent")).filter(state => state !== "aborted")).toEqual([])
      // Those that nobody waits for go on [W34].
      expect((await states(running, "Patient")).filter(state => state !== "aborted").length).toBeLessThanOrEqual(2)
      expect((await states(running, "Patient")).filter(state => state === "aborted").length % 2).toBe(0)
      expect(await findingsOf(running)).toEqual([])
      await running.close()
    }
  })

  test("ends a child that a handler runs before it is tried again, and a finished one ignores it [W48 W49]", async () => {
    const parent = workflow({
      type: "Parent",
      start: () => step({}).spawn("parts", [ask("Odd"), ask("Work")]),
      on: { parts: child(({ data: known }) => step(known)) },
    })
    const running = await testApp(appOf([parent]))
    await running.send("Parent", null, {}, { id: "p" })
    await running.settle()
    expect(await states(running, "Odd")).toEqual(["retrying"])
    await running.daybook.abort("p", "system")
    await running.daybook.abort("p", "system")
    await running.settle()
    expect([...(await states(running, "Odd")), ...(await states(running, "Work"))]).toEqual(["aborted", "succeeded"])
    expect(await states(running, "Parent")).toEqual(["aborted"])
  })

  test("and a completion at the same time: one of them comes first, and nothing is left [W49 W51]", async () => {
    for (const isFirst of [true, false]) {
      const running = await testApp(appOf([patient]))
      await running.send("Patient", null, {}, { id: "p" })
      const both = [() => running.daybook.abort("p", "system"), () => running.send("Say", "thing")]
      await Promise.all((isFirst ? both : both.toReversed()).map(async begin => begin()))
      await running.settle()
      expect(["aborted", "succeeded"]).toContain((await running.daybook.ended("p")).state)
      expect(await running.daybook.life("p")).not.toHaveProperty("waits")
      expect(await findingsOf(running)).toEqual([])
      await running.close()
    }
  })
})

describe("a child", () => {
  const parentOf = (type: string, said = {}) =>
    workflow({
      type: "Parent",
      start: () => step({}).spawn("part", ask(type, said)),
      on: { part: child(({ outcome }) => done({ state: outcome!.state, error: outcome!.error })) },
    })
  const resultOf = async (workflows: readonly Workflow[], work?: () => Promise<string>) => {
    const running = await testApp(appOf(workflows, work))
    await running.send("Parent", null, {}, { id: "p" })
    await running.settle()
    await running.advance(3_600_000)
    return (await running.daybook.ended("p")).result
  }

  test("of an unknown type is a failed one, and its parent is told which are known [W36]", async () => {
    const result = await resultOf([parentOf("Nothing")])
    expect(result).toMatchObject({ state: "failed", error: { code: "unknown-command" } })
  })

  test("that a handler runs is tried again by itself, and fails at last [W36]", async () => {
    expect(await resultOf([parentOf("Odd")])).toMatchObject({ state: "failed", error: { message: expect.stringMatching("away") } }) // prettier-ignore
  })

  test("that cannot even begin is a failed one [W36]", async () => {
    const broken = (): never => {
      throw new Error("no key")
    }
    const line = workflow({ type: "Line", start: () => done(), limit: { running: 1, key: broken, priority: null } })
    expect(await resultOf([parentOf("Line"), line])).toMatchObject({ state: "failed", error: { message: expect.stringMatching("no key") } }) // prettier-ignore
  })

  test("says something that is waited for once it has ended: it counts from its end, however late that is heard [W27 W35]", async () => {
    const saying = workflow({
      type: "Saying",
      start: () => ({ kind: "step", data: null, acts: step({}).send({ type: "Say", target: { type: "Thing", id: "x" }, data: {} }).acts, end: done().end }), // prettier-ignore
    })
    const parent = workflow({
      type: "Parent",
      start: () => step({}).spawn("part", ask("Saying")),
      on: { part: child(() => step({}).wait("said", { "@stream": "x" })), said: heard("Said", () => done("heard")) },
    })
    expect(await resultOf([parent, saying])).toBe("heard")
  })

  test("goes on by itself where nobody waits, whatever becomes of the one who asked [W34]", async () => {
    const careless = workflow({
      type: "Careless",
      start: () => ({
        kind: "step",
        data: null,
        acts: step({}).send(ask("Odd"), ask("Patient")).acts,
        end: done("gone").end,
      }),
    })
    const running = await testApp(appOf([careless, patient]))
    expect(await running.send("Careless", null, {}, { id: "c" })).toMatchObject({ state: "succeeded", result: "gone" })
    await running.settle()
    expect([...(await states(running, "Odd")), ...(await states(running, "Patient"))]).toEqual(["retrying", "waiting"])
    expect(await running.daybook.children("c")).toHaveLength(2)
  })

  test("of fifty that end at once is told once, one at a time, and none is lost [W53]", async () => {
    let [inside, most, told] = [0, 0, 0]
    const parent = workflow({
      type: "Parent",
      start: () =>
        step({ got: [] as string[] }).spawn(
          "parts",
          Array.from({ length: 50 }, (_, n) => ask("Work", { n })),
        ),
      on: {
        parts: child(async ({ data: known, outcome, pending }) => {
          most = Math.max(most, ++inside)
          await turn()
          inside--
          told++
          const got = [...(known["got"] as string[]), outcome!.id]
          return pending === 0 ? done(got) : step({ got })
        }),
      },
    })
    const running = await testApp(appOf([parent]))
    await running.send("Parent", null, {}, { id: "p" })
    await running.settle()
    const { result } = await running.daybook.ended("p")
    expect(new Set(result as string[])).toEqual(new Set(await running.daybook.children("p")))
    expect([most, told, (result as string[]).length]).toEqual([1, 50, 50])
  })

  test("of a thousand that end at once is told, without waiting for any time to pass [W37 W53]", async () => {
    const parent = workflow({
      type: "Parent",
      start: () =>
        step({}).spawn(
          "parts",
          Array.from({ length: 1_000 }, () => ask("Short")),
          { mode: "all" },
        ),
      on: { parts: child(({ outcomes }) => done(outcomes.length)) },
    })
    const running = await testApp(appOf([parent, workflow({ type: "Short", start: () => done() })]))
    await running.send("Parent", null, {}, { id: "p" })
    await running.settle()
    expect(await running.daybook.ended("p")).toMatchObject({ state: "succeeded", result: 1_000 })
  })

  test("wakes each of a hundred parents, though everything was stopped while they waited [X12 W22 W38]", async () => {
    const parent = workflow({
      type: "Parent",
      start: () => step({}).spawn("part", ask("Patient")),
      on: { part: child(({ outcome }) => done(outcome!.state)) },
    })
    const running = await testApp(appOf([parent, patient]))
    for (let n = 0; n < 100; n++) void running.send("Parent", null, {}, { id: `p${n}` }).catch(() => undefined)
    await running.settle()
    await running.restart()
    expect(new Set(await states(running, "Parent"))).toEqual(new Set(["waiting"]))
    await running.send("Say", "thing")
    await running.settle()
    expect(await states(running, "Parent")).toEqual(Array(100).fill("succeeded"))
  })
})

test("a thousand that wait hold nothing that would have to wake, and time passes them by [W38 W41]", async () => {
  const running = await testApp(appOf([patient]))
  for (let n = 0; n < 1_000; n++) void running.send("Patient", null, {}, { id: `p${n}` }).catch(() => undefined)
  await running.advance(60_000)
  // What is due next is what is due where nobody waits: files that nobody holds are looked for once a day.
  const resting = await testApp(appOf([patient]))
  await resting.advance(60_000)
  expect(running.clock.nextDue()).toBe(resting.clock.nextDue())
  const before = await running.daybook.basis()
  await running.advance(365 * 86_400_000)
  expect(await running.daybook.basis()).toBe(before)
})

describe("how many may be under way", () => {
  const line = (running = 1, more: Partial<NonNullable<Workflow["limit"]>> = {}) =>
    workflow({
      type: "Line",
      start: ({ data: known }) => step(known).timer("served", in_("1 minute")),
      on: { served: timed(({ data: known }) => done(known)) },
      limit: { running, key: null, priority: null, ...more },
    })
  const countWaiting = async (running: TestApp) =>
    (await states(running, "Line")).filter(state => state === "waiting").length
  const enter = async (running: TestApp, id: string, owner: string, said = {}) => {
    await running.daybook.request({ id, ...ask("Line", said) }, { actor: "system", owner })
  }
  const order = async (running: TestApp) => {
    const all = await running.daybook.commands({ type: "Line", limit: 200 })
    const begun = all.flatMap(({ command, history }) => history.filter(({ state }) => state === "waiting").map(({ t }) => ({ id: command.id, t }))) // prettier-ignore
    return begun.toSorted((a, b) => a.t - b.t).map(({ id }) => id)
  }

  test("is kept to, also over starts, and one is let in as one ends [W37]", async () => {
    const running = await testApp(appOf([line(2)]))
    for (let n = 0; n < 7; n++) await enter(running, `q${n}`, "ann")
    for (let n = 0; n < 6; n++) {
      await running.settle()
      expect(await countWaiting(running)).toBeLessThanOrEqual(2)
      await running.restart()
      await running.settle()
      expect(await countWaiting(running)).toBeLessThanOrEqual(2)
      await running.advance(60_000)
    }
    expect(new Set(await states(running, "Line"))).toEqual(new Set(["succeeded"]))
  })

  test("goes by priority, then by turns of owners: a thousand of one do not hold up another's one [W37]", async () => {
    const running = await testApp(appOf([line(1, { priority: ({ high }) => (high === true ? 1 : 0) })]))
    for (let n = 0; n < 20; n++) await enter(running, `a${n}`, "ann")
    await enter(running, "b0", "bob")
    await enter(running, "c0", "cid", { high: true })
    await running.advance(4 * 60_000)
    expect((await order(running)).slice(0, 4)).toEqual(["a0", "c0", "a1", "b0"])
  })

  test("is kept to though the application fell when it had let one in that nobody was told of [W37 W22]", async () => {
    const kept: Store[] = []
    const running = await testApp(appOf([line(1)]), {
      store: async clock => (kept[0] ??= { ...(await testStore(clock)), close: async () => {} }),
    })
    for (const [id, owner] of [["a1", "ann"], ["a2", "ann"], ["a3", "ann"], ["b1", "bob"]] as const) await enter(running, id, owner) // prettier-ignore
    await running.settle()
    const started = await running.daybook.basis()
    for (let n = 0; n < 4; n++) {
      await running.advance(60_000)
      // The router takes everything up again from before the first of them was let in.
      await kept[0]!.commit([{ kind: "deliveries", consumer: "workflows", reached: started - 1, parked: [], done: [] }]) // prettier-ignore
      await running.restart()
      await running.settle()
      expect(await countWaiting(running)).toBeLessThanOrEqual(1)
    }
    expect(new Set(await states(running, "Line"))).toEqual(new Set(["succeeded"]))
  })

  test("is counted by key, and who was aborted in line is passed over [W37 W49]", async () => {
    const running = await testApp(appOf([line(1, { key: ({ key }) => JSON.stringify(key) })]))
    for (const id of ["x1", "x2", "x3", "y1"]) await enter(running, id, "ann", { key: id[0]! })
    await running.settle()
    expect(await countWaiting(running)).toBe(2)
    await running.daybook.abort("x2", "system")
    await running.advance(60_000)
    expect(await order(running)).toEqual(["x1", "y1", "x3"])
    await running.advance(60_000)
    expect((await states(running, "Line")).toSorted()).toEqual(["aborted", "succeeded", "succeeded", "succeeded"])
  })

  const frail = (more: Partial<NonNullable<Workflow["limit"]>> = {}) =>
    workflow({
      type: "Line",
      start({ data: known }) {
        if (known["at"] === "start") throw new Error("Not yet")
        return step(known).wait("it").timer("served", in_("1 minute"))
      },
      on: {
        it: heard("Told", ({ data: known }) => step({ ...known, told: true })),
        served: timed(({ data: known }) => {
          if (known["ok"] === false) throw new Error("Who knows")
          return done(known)
        }),
      },
      limit: { running: 2, key: null, priority: null, ...more },
    })
  const bring = (running: TestApp, id: string, data?: JsonObject) =>
    running.daybook.bring(id, data === undefined ? { kind: "resume", by: "boss" } : { kind: "change", by: "boss", data }, "system") // prettier-ignore
  const stateOf = async (running: TestApp, id: string) => (await running.daybook.life(id))?.state

  test.each([false, true])(
    "does not count those that are stuck: they give their places back, and stand in line for them when they go on (started again: %s) [W37 W22]",
    async isStartedAgain => {
      const running = await testApp(appOf([frail()]))
      const mayStart = async () => {
        if (isStartedAgain) await running.restart()
        await running.settle()
      }
      await enter(running, "s0", "ann", { at: "start" })
      for (let n = 1; n < 4; n++) await enter(running, `s${n}`, "ann", { ok: false })
      for (let n = 0; n < 3; n++) await enter(running, `q${n}`, "bob")
      await mayStart()
      for (let n = 0; n < 6; n++) {
        await running.advance(60_000)
        await mayStart()
      }
      // Ten times as many could be stuck, and those that are not would have ended all the same.
      expect((await states(running, "Line")).toSorted()).toEqual([...Array(4).fill("stuck"), ...Array(3).fill("succeeded")]) // prettier-ignore
      // Two others have the places when three of them go on; one of these did not even begin.
      for (const id of ["f0", "f1", "f2"]) await enter(running, id, "bob")
      await running.settle()
      await bring(running, "s0", {})
      await bring(running, "s1", { ok: true })
      await bring(running, "s2", { ok: true })
      for (const id of ["s0", "s1", "s2"]) await bring(running, id)
      await mayStart()
      expect(await countWaiting(running)).toBe(2)
      const inLine = await running.daybook.life("s1")
      expect(inLine).toMatchObject({ state: "queued", gate: "queued Line", goesOn: true, data: { ok: true } })
      // What comes meanwhile is kept.
      await running.daybook.request({ id: `tell${isStartedAgain}`, ...ask("ReceiveEvent", { type: "Told", data: {}, to: "s1" }) }, { actor: "system" }) // prettier-ignore
      await running.settle()
      expect(await running.daybook.life("s1")).toMatchObject({ state: "queued", mailbox: [{ kind: "timer" }, { kind: "event" }] }) // prettier-ignore
      const most: number[] = []
      for (let n = 0; n < 6; n++) {
        await running.advance(60_000)
        await mayStart()
        most.push(await countWaiting(running))
      }
      expect(Math.max(...most)).toBeLessThanOrEqual(2)
      expect(await running.daybook.life("s1")).toMatchObject({ state: "succeeded", data: { ok: true } })
      expect(await Promise.all(["s0", "s2", "s3", "f2"].map(async id => stateOf(running, id)))).toEqual(["succeeded", "succeeded", "stuck", "succeeded"]) // prettier-ignore
      expect(await findingsOf(running)).toEqual([])
    },
  )

  test("lets one that goes on in by the priority that it began with, and before its owner's others [W37]", async () => {
    const running = await testApp(appOf([frail({ running: 1, priority: ({ high }) => (high === true ? 1 : 0) })]))
    await enter(running, "high", "ann", { high: true, ok: false })
    await enter(running, "low", "ann", { ok: false })
    await running.advance(120_000)
    expect(await states(running, "Line")).toEqual(["stuck", "stuck"])
    for (let n = 0; n < 3; n++) await enter(running, `a${n}`, "ann")
    await running.settle()
    for (const id of ["low", "high"]) {
      await bring(running, id, { ok: true })
      await bring(running, id)
    }
    await running.advance(6 * 60_000)
    const all = await running.daybook.commands({ type: "Line", state: "succeeded", limit: 9 })
    const ended = all.toSorted((a, b) => a.t - b.t).map(({ command }) => command.id)
    expect(ended).toEqual(["a0", "high", "low", "a1", "a2"])
  })

  test("of which the code says no more than before lets those in who stand in line [W37]", async () => {
    const kept: Store[] = []
    const store = async (clock: SimulatedClock) => (kept[0] ??= { ...(await testStore(clock)), close: async () => {} })
    const limited = await testApp(appOf([line(1)]), { store })
    for (let n = 0; n < 3; n++) await enter(limited, `q${n}`, "ann")
    await limited.settle()
    expect(await countWaiting(limited)).toBe(1)
    await limited.close()
    const unlimited = await testApp(appOf([{ ...line(1), limit: null }]), { store })
    await unlimited.settle()
    expect(await countWaiting(unlimited)).toBe(3)
  })

  test("does not stand still because a priority cannot be told [W37]", async () => {
    const priority = ({ n }: { n?: Json }) => {
      if (n === 1) throw new Error("no idea")
      return n === 2 ? NaN : 0
    }
    const running = await testApp(appOf([line(1, { priority })]))
    for (let n = 0; n < 4; n++) await enter(running, `q${n}`, "ann", { n })
    await running.advance(5 * 60_000)
    expect(new Set(await states(running, "Line"))).toEqual(new Set(["succeeded"]))
  })
})

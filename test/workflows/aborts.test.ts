import { describe, expect, test } from "vitest"
import { in_ } from "../../src/kernel/moments.ts"
import { done, failed, step, stuck, type Step } from "../../src/kernel/workflow.ts"
import { ask, child, heard, Machine, timed, workflow } from "./machine.ts"

const by = "boss"
const abort = { kind: "abort", by, reason: "no more" } as const
const resume = { kind: "resume", by } as const
const fail = { kind: "fail", by, reason: "enough" } as const
const thrown = (): never => {
  throw new Error("broken")
}

// Waits for two children, an event and a timer, all at once.
const busy = (hook: ((reason: string | null) => Step) | null = null, mode: "each" | "all" = "each") =>
  new Machine(
    workflow({
      start: () =>
        step({ got: 0 })
          .spawn("parts", [ask(1), ask(2)], { mode })
          .wait("it", {}, { until: in_("1 day") })
          .timer("t", in_("1 hour")),
      on: {
        parts: child(({ data }) => step({ got: (data["got"] as number) + 1 })),
        it: heard("It", () => done("it")),
        t: timed(() => thrown()),
      },
      abort: hook === null ? null : ({ reason }) => hook(reason),
    }),
    { parent: "p" },
  )

describe("an instance that is aborted", () => {
  test("waits for nothing, has its children aborted, and has ended when they have [W48 W49]", () => {
    const machine = busy()
    const late = [machine.timer("t"), machine.timer("until:it"), machine.event("It")]
    machine.come(abort)
    expect(machine.life.state).toBe("aborting")
    expect([...machine.timers]).toEqual([])
    expect(machine.life).not.toHaveProperty("listens")
    expect(machine.aborts).toEqual(machine.children)
    for (const arrival of late) expect(machine.come(arrival)).toBe(false)
    machine.come(machine.end(machine.children[1]!, "aborted"))
    expect(machine.life.state).toBe("aborting")
    // One of them was at its end already, and ignores it.
    machine.come(machine.end(machine.children[0]!, "succeeded"))
    expect(machine.life).toMatchObject({ state: "aborted", data: { got: 0 } })
    expect(machine.events.at(-1)).toMatchObject({ type: "InstanceEnded", ended: { state: "aborted" }, parent: "p" })
  })

  test("a second time or in one turn with the first, is aborted once, with one compensation [W49]", () => {
    let count = 0
    const machine = busy(() => {
      count++
      return step({ made: "up" }).send(ask("undo"))
    })
    machine.come(abort, abort)
    machine.come(abort)
    for (const id of machine.children) machine.come(machine.end(id, "aborted"), abort)
    expect(machine.come(abort)).toBe(false)
    expect(machine.events.filter(({ type }) => type === "AbortRequested")).toHaveLength(1)
    expect(machine.sends.filter(sending => "data" in sending && sending.data["n"] === "undo")).toHaveLength(1)
    // Each turn is asked for twice here, to see that it says the same.
    expect(count).toBe(2)
    expect(machine.life).toMatchObject({ state: "aborted", data: { made: "up" } })
  })

  test("is told why, and has ended when what makes up for it has [W49]", () => {
    const machine = busy(reason => step({ reason }).spawn("parts", ask("undo")))
    machine.come(abort)
    const [first = "", second = "", undo = ""] = machine.children
    for (const id of [first, second]) machine.come(machine.end(id, "aborted"))
    expect(machine.life).toMatchObject({ state: "aborting", data: { reason: "no more" } })
    expect(machine.aborts).toEqual([first, second])
    machine.come(machine.end(undo))
    expect(machine.life.state).toBe("aborted")
  })

  test("asks again for what makes up for it, where that fails [W42 W49]", () => {
    const machine = busy(() => step({}).spawn("parts", ask("undo"), { retry: { attempts: 3, baseMs: 1_000 } }))
    machine.come(abort)
    const [first = "", second = "", undo = ""] = machine.children
    machine.come(machine.end(undo, "failed"))
    for (const id of [first, second]) machine.come(machine.end(id, "aborted"))
    machine.pass(60_000)
    expect(machine.life.state).toBe("aborting")
    expect(machine.children).toHaveLength(4)
    machine.come(machine.end(machine.children[3]!))
    expect(machine.life.state).toBe("aborted")
  })

  test.each([
    ["done", () => done("fine")],
    ["failed", () => failed("no")],
    ["stuck", () => stuck("hm")],
    ["waiting", () => step({}).wait("it").timer("t", in_("1 day"))],
  ])("is not %s, whatever its hook says of an end [W49]", (_, hook) => {
    const machine = busy(hook)
    machine.come(abort)
    expect(machine.life.state).toBe("aborting")
    expect([...machine.timers]).toEqual([])
    expect(machine.life.waits ?? {}).not.toHaveProperty("it")
    for (const id of machine.children) machine.come(machine.end(id, "aborted"))
    expect(machine.life.state).toBe("aborted")
    expect(machine.life).not.toHaveProperty("result")
  })

  test("is stuck where its hook throws, keeps what its children come to, and ends when it goes on [W49]", () => {
    let isBroken = true
    const machine = busy(reason => (isBroken ? thrown() : step({ reason })))
    machine.come(abort)
    expect(machine.life).toMatchObject({ state: "stuck", stuck: { on: "abort", because: "no more" } })
    for (const id of machine.children) machine.come(machine.end(id, "aborted"))
    machine.come(resume)
    expect(machine.life.state).toBe("stuck")
    isBroken = false
    machine.come(resume)
    expect(machine.life).toMatchObject({ state: "aborted", data: { reason: "no more" } })
  })

  test("again while its hook is stuck, tries that again [W49]", () => {
    let isBroken = true
    const machine = busy(reason => (isBroken ? thrown() : step({ reason })))
    machine.come(abort)
    machine.come(machine.end(machine.children[0]!))
    isBroken = false
    machine.come({ ...abort, reason: null })
    expect(machine.life).toMatchObject({ state: "aborting", data: { reason: "no more" } })
    machine.come(machine.end(machine.children[1]!))
    expect(machine.life.state).toBe("aborted")
  })

  test("while it is stuck ends too, though the end of a child is among what it has kept [W49]", () => {
    const machine = new Machine(
      workflow({
        start: () => step({}).spawn("parts", [ask(1), ask(2)]),
        on: { parts: child(() => thrown()) },
      }),
    )
    const [first = "", second = ""] = machine.children
    machine.come(machine.end(first))
    expect(machine.life.state).toBe("stuck")
    machine.come(abort)
    expect(machine.aborts).toEqual([second])
    machine.come(machine.end(second, "aborted"))
    expect(machine.life.state).toBe("aborted")
  })

  test("before it began has nothing to make up for [W49]", () => {
    const line = workflow({
      start: () => done(),
      abort: () => thrown(),
      limit: { running: 1, key: null, priority: null },
    })
    const queued = new Machine(line)
    expect(queued.life).toMatchObject({ state: "queued", gate: "queued Work" })
    queued.come(abort)
    expect(queued.life.state).toBe("aborted")
    expect(queued.life).not.toHaveProperty("gate")
    expect(queued.come({ kind: "admit" })).toBe(false)
    const unbegun = new Machine(workflow({ start: () => thrown(), abort: () => thrown() }))
    unbegun.come(abort)
    expect(unbegun.life.state).toBe("aborted")
  })

  test("while it stands in line once more, and not for the first time, makes up for what was done [W49]", () => {
    const machine = new Machine(
      workflow({
        start: () => step({}).timer("t", in_("1 minute")),
        on: { t: timed(() => thrown()) },
        abort: () => step({ undone: true }),
        limit: { running: 1, key: null, priority: null },
      }),
    )
    machine.come({ kind: "admit" })
    machine.pass(60_000)
    expect(machine.life).toMatchObject({ state: "stuck", gate: "stuck Work" })
    expect(machine.life).not.toHaveProperty("limited")
    machine.come(resume)
    expect(machine.life).toMatchObject({ state: "queued", goesOn: true })
    machine.come(abort)
    expect(machine.life).toMatchObject({ state: "aborted", data: { undone: true } })
    for (const name of ["gate", "goesOn", "limited"]) expect(machine.life).not.toHaveProperty(name)
  })

  test("in one turn with what ends it, is what came first [W49 W51]", () => {
    const first = busy()
    first.come(first.event("It"), abort)
    expect(first.life).toMatchObject({ state: "succeeded", result: "it" })
    const second = busy()
    const event = second.event("It")
    second.come(abort, event)
    expect(second.life.state).toBe("aborting")
  })

  test("and has children that nobody waits for leaves them be [W34]", () => {
    const machine = new Machine(
      workflow({ start: () => step({}).send(ask(1)).wait("it"), on: { it: heard("It", () => done()) } }),
    )
    machine.come(abort)
    expect(machine.aborts).toEqual([])
    expect(machine.life.state).toBe("aborted")
  })

  test("can be let fail by a person who does not wait for its children [W49]", () => {
    const machine = busy()
    machine.come(abort)
    machine.come(fail)
    expect(machine.life.state).toBe("failed")
    for (const id of machine.children) expect(machine.come(machine.end(id, "aborted"))).toBe(false)
  })

  test("what it aborts of its own children is told to it as their end [W48]", () => {
    const machine = new Machine(
      workflow({
        start: () =>
          step({})
            .spawn("parts", [ask(1), ask(2), ask(3)], { mode: "all" })
            .timer("t", in_("1 hour")),
        on: {
          t: timed(({ data }) => step(data).abort("parts")),
          parts: child(({ outcomes }) => done(outcomes.map(({ state }) => state))),
        },
      }),
    )
    machine.come(machine.end(machine.children[0]!))
    machine.pass(3_600_000)
    expect(machine.aborts).toEqual(machine.children.slice(1))
    for (const id of machine.aborts) machine.come(machine.end(id, "aborted"))
    expect(machine.life).toMatchObject({ state: "succeeded", result: ["succeeded", "aborted", "aborted"] })
  })
})

describe("code of another version", () => {
  const v = (version: number, more: Parameters<typeof workflow>[0] | object = {}) =>
    workflow({
      version,
      start: () => step({ v: version, name: "x" }).wait("it", {}, { mode: "each" }).timer("t", in_("1 hour")),
      on: {
        it: heard("It", ({ data }) => done({ ...data, by: version }), {
          match: data => ({ name: data["name"] ?? null }),
        }),
        t: timed(({ data }) => step({ ...data, t: true })),
      },
      ...more,
    })
  const upgrade = (data: object, from: number) => ({ ...data, name: "y", from })

  test("carries the data of an instance on, when something comes to it", () => {
    const machine = new Machine(v(1))
    machine.workflow = v(3, { upgrade })
    machine.pass(3_600_000)
    expect(machine.life).toMatchObject({ version: 3, data: { v: 1, name: "y", from: 1, t: true } })
    // By what it is found follows from its data as it is now.
    expect(machine.life.listens).toEqual(["It", 'It name "y"'])
    machine.come(machine.event("It", { name: "y" }))
    expect(machine.life).toMatchObject({ state: "succeeded", result: { by: 3 } })
  })

  test.each([
    [
      "newer than the data, with no way there",
      () => v(2),
      /begun by version 1 of Work, and this application has its version 2/,
    ],
    ["gone", () => workflow({ type: "Other", start: () => done() }), /has no such workflow/],
    [
      "newer, and its way there is broken",
      () => v(2, { upgrade: thrown }),
      /could not be carried from version 1 to 2: Error: broken/,
    ],
    ["newer, and its way leads to what is no data", () => v(2, { upgrade: () => ({ d: new Date() }) }), /d is a Date/],
  ])("that is %s leaves an instance stuck, and nothing that comes is lost", (_, other, message) => {
    const machine = new Machine(v(1))
    machine.workflow = other()
    machine.pass(3_600_000)
    const event = machine.event("It", { name: "x" })
    machine.come(event, event)
    machine.come(event)
    expect(machine.life).toMatchObject({ state: "stuck", version: 1, data: { v: 1, name: "x" } })
    expect(machine.life.stuck?.reason["message"]).toMatch(message)
    expect(machine.come(resume)).toBe(false)
    machine.workflow = v(1)
    machine.come(resume)
    expect(machine.life).toMatchObject({ state: "succeeded", result: { t: true, by: 1 } })
  })

  test("that is older than the data leaves an instance stuck", () => {
    const machine = new Machine(v(2))
    machine.workflow = v(1, { upgrade })
    machine.pass(3_600_000)
    expect(machine.life).toMatchObject({ state: "stuck", version: 2 })
  })

  test("keeps nobody from letting it fail, or from changing it; an abort waits for the code [W49]", () => {
    const gone = workflow({ type: "Other", start: () => done() })
    const failing = new Machine(v(1))
    failing.workflow = gone
    failing.come(fail)
    expect(failing.life.state).toBe("failed")
    const aborting = new Machine(v(1, { abort: () => step({ made: "up" }) }))
    const code = aborting.workflow
    aborting.workflow = gone
    aborting.come(abort, { kind: "change", by, data: { name: "z" } })
    expect(aborting.life).toMatchObject({ state: "stuck", data: { name: "z" } })
    aborting.workflow = code
    aborting.come(resume)
    expect(aborting.life).toMatchObject({ state: "aborted", data: { made: "up" } })
  })

  test("does not make one forget that it is being aborted, or that it stands in line [W49]", () => {
    const other = workflow({ type: "Other", start: () => done() })
    const aborting = busy()
    const code = aborting.workflow
    aborting.come(abort)
    aborting.workflow = other
    for (const id of aborting.children) aborting.come(aborting.end(id, "aborted"))
    expect(aborting.life).toMatchObject({ state: "stuck", stuck: { on: "aborting" } })
    aborting.workflow = code
    aborting.come(resume)
    expect(aborting.life.state).toBe("aborted")
    const line = workflow({ start: () => done("begun"), limit: { running: 1, key: null, priority: null } })
    const queued = new Machine(line)
    queued.workflow = other
    queued.come({ kind: "admit" })
    expect(queued.life.state).toBe("stuck")
    queued.workflow = line
    expect(queued.life).toMatchObject({ gate: "stuck Work" })
    queued.come(resume)
    expect(queued.life).toMatchObject({ state: "queued", gate: "queued Work" })
    queued.come({ kind: "admit" })
    expect(queued.life).toMatchObject({ state: "succeeded", result: "begun" })
  })

  test("that has no such reaction any more leaves an instance stuck, with what led there", () => {
    const machine = new Machine(v(1))
    machine.workflow = v(1, { on: {} })
    machine.pass(3_600_000)
    expect(machine.life).toMatchObject({ state: "stuck", mailbox: [{ kind: "timer", name: "t" }] })
    machine.workflow = v(1)
    machine.come(resume)
    expect(machine.life).toMatchObject({ state: "waiting", data: { t: true } })
  })
})

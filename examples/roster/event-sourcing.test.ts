import { fold, openDaybook, partsOf, sqliteStore, type App } from "daybook"
import { seededIds, simulatedClock, spy, testApp, type TestApp } from "daybook/testing"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import app from "./app.ts"
import { command, event } from "./parts.ts"
import { roster } from "./roster.ts"
import { schema } from "./schema.ts"

const first = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c01"
const second = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c02"

/** Something outside that is told of each enrolment. */
type Post = { send(student: string, options: { key: string }): Promise<void> }

const { processor } = partsOf(schema).adapters<{ readonly post: Post }>()
const writeHome = processor("write-home", {
  on: "StudentEnrolled",
  effect: async ({ event, post, key }) => post.send(event.data.student, { key }),
})
const withPost: App = {
  ...app,
  processors: [...app.processors, writeHome],
  adapters: { post: { send: async () => {} } satisfies Post },
}

let school: TestApp

beforeEach(async () => {
  school = await testApp(withPost)
  await school.ask(command("CreateRoster", "biology", { name: "Biology" }))
  await school.ask(command("AddPeriod", "biology", { period: first }))
  await school.ask(command("AddPeriod", "biology", { period: second }))
  await school.ask(command("EnrollStudent", "biology", { student: "joe", period: first }))
  await school.ask(command("MoveStudent", "biology", { student: "joe", from: first, to: second }))
  await school.settle()
})
afterEach(() => school.close())

test("what is kept is events, in a stream for each roster, one after the other [N36]", async () => {
  await school.ask(command("CreateRoster", "chemistry", { name: "Chemistry" }))
  const { events, version } = await school.daybook.stream("biology", 1, 100)
  expect(events.map(e => `${e.stream.version} ${e.type}`)).toEqual([
    "1 RosterCreated",
    "2 PeriodAdded",
    "3 PeriodAdded",
    "4 StudentEnrolled",
    "5 StudentMoved",
  ])
  expect(version).toBe(5)
})

test("the state at any moment in the past is what the events until then come to [N37 N63]", async () => {
  const { events } = await school.daybook.stream("biology", 1, 100)
  for (const [i, { t }] of events.entries()) {
    const snapshot = await school.daybook.snapshot(t)
    const then = await snapshot.entity("biology")
    const nothing = { periods: [], enrolled: [] }
    expect(fold(roster, nothing, events.slice(0, i + 1))).toEqual({ ...nothing, ...then?.document })
  }
})

test("nothing but events has made the state what it is: built again from them it is the same [N37 N38]", async () => {
  expect(await findingsOf(school)).toEqual([])
})

test("a roster is loaded from its stream, decides by it, and what it says goes behind in the same stream [N39 N58 N65]", async () => {
  await school.restart()
  const again = await school.send("EnrollStudent", "biology", { student: "joe", period: second })
  expect(again.events).toMatchObject([
    { type: "AlreadyEnrolled", stream: { type: "Roster", id: "biology", version: 6 } },
  ])
})

test("the same application runs on the store it is handed, and on that alone [N57 N65]", async () => {
  const parts = { store: sqliteStore({ path: ":memory:" }), clock: simulatedClock(), ids: seededIds() }
  const other = await openDaybook(app, parts)
  await other.request({ id: "c", ...command("CreateRoster", "biology", { name: "Other" }) }, { actor: "system" })
  expect((await other.stream("biology", 1, 100)).version).toBe(1)
  expect((await school.daybook.stream("biology", 1, 100)).version).toBe(5)
  await other.close()
})

test("what it needs of the outside has a default, and a test says its own [N57]", async () => {
  const post = spy<Post>("post")
  const parts = { store: sqliteStore({ path: ":memory:" }), clock: simulatedClock(), ids: seededIds() }
  const other = await openDaybook(withPost, { ...parts, adapters: { post: post.adapter } })
  await other.request({ id: "c", ...command("AddPeriod", "biology", { period: first }) }, { actor: "system" })
  await other.drain()
  post.notCalled()
  expect(withPost.adapters["post"]).not.toBe(post.adapter)
  await other.close()
})

describe("replay", () => {
  test("has no effects: events are applied, and only new ones are told [N40 N43]", async () => {
    const { calls } = school.adapter("post")
    expect(calls.map(({ args }) => args[0])).toEqual(["joe"])
    // Time enough for the processor to note how far it has got.
    await school.advance(1_000)
    await school.restart()
    await school.daybook.rebuild("who-is-where")
    await findingsOf(school)
    await school.daybook.stream("biology", 1, 100)
    await school.settle()
    expect(calls).toHaveLength(1)
    await school.send("EnrollStudent", "biology", { student: "ann", period: first })
    await school.settle()
    expect(calls.map(({ args }) => args[0])).toEqual(["joe", "ann"])
  })

  test("after a crash before that was noted tells the outside again, with the key of the first time [N53]", async () => {
    const { calls } = school.adapter("post")
    await school.restart()
    await school.settle()
    expect(calls).toHaveLength(2)
    expect(calls[1]).toEqual(calls[0])
  })

  test("says nothing new: after a restart there is nothing that waits to be published [N41 N43]", async () => {
    const before = await school.events()
    await school.restart()
    await school.settle()
    expect(await school.events()).toEqual(before)
  })
})

test("commands are kept, and those that were rejected as well [N44 N61]", async () => {
  await school.send("EnrollStudent", "biology", { student: "joe", period: second })
  const kept = (await school.commands("EnrollStudent")).map(({ state }) => state)
  expect(kept).toEqual(["succeeded", "rejected"])
})

test("a rejection is an event in the stream like any other, and changes nothing [N61]", async () => {
  const before = await school.state("biology")
  const outcome = await school.send("MoveStudent", "biology", { student: "joe", from: second, to: second })
  expect(outcome).toMatchObject({ state: "rejected", events: [{ type: "SamePeriod", rejection: true }] })
  expect(await school.state("biology")).toEqual(before)
  const { events } = await school.daybook.stream("biology", 6, 100)
  expect(events).toEqual(outcome.events)
})

describe("who decides on what is no longer so", () => {
  const enrol = (student: string, id: string) => ({
    id,
    ...command("EnrollStudent", "biology", { student, period: first }),
  })

  test("is told of a conflict, and nothing is written [N42]", async () => {
    const stale = school.ask(enrol("ann", "stale"), { expectedVersion: 4 })
    await expect(stale).rejects.toMatchObject({ code: "conflict", facts: { expected: 4, actual: 5 } })
    expect((await school.daybook.stream("biology", 1, 100)).version).toBe(5)
    await school.thenNot("AlreadyEnrolled")
  })

  test("is one of two who expect the same version at once: the other one is first [N42]", async () => {
    const ask = (student: string) =>
      school.daybook.request({ ...enrol(student, `expects-5-${student}`), expectedVersion: 5 }, { actor: "system" })
    const answers = await Promise.allSettled([ask("ann"), ask("bob")])
    expect(answers.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"])
    expect((await school.daybook.stream("biology", 1, 100)).version).toBe(6)
  })

  test("decides again where no version is expected: of fifty who enrol one student, one does [N42 N60]", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => school.daybook.request(enrol("ann", `many-${i}`), { actor: "system" })),
    )
    expect(answers.filter(({ state }) => state === "succeeded")).toHaveLength(1)
    expect(answers.filter(({ events }) => events[0]?.type === "AlreadyEnrolled")).toHaveLength(49)
    const { events } = await school.daybook.stream("biology", 1, 100)
    expect(events.map(e => e.stream.version)).toEqual(events.map((_, i) => i + 1))
  })
})

test("the events say what happened, not what was typed or asked for [N33 N35]", async () => {
  await school.thenSeen("StudentMoved", event("StudentMoved", { student: "joe", from: first, to: second }).data)
  await school.thenNot("MoveStudent", "StudentDropped")
  expect(await school.events("StudentMoved")).toHaveLength(1)
})

async function findingsOf({ daybook }: TestApp): Promise<readonly unknown[]> {
  const findings: unknown[] = []
  for await (const finding of daybook.verify()) findings.push(finding)
  return findings
}

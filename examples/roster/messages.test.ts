import type { Command } from "daybook"
import { testApp, type TestApp } from "daybook/testing"
import { afterAll, beforeAll, expect, test } from "vitest"
import app from "./app.ts"
import { command } from "./parts.ts"
import { schema } from "./schema.ts"

const period = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c01"
const target = { type: "Roster", id: "biology" }
let school: TestApp

beforeAll(async () => {
  school = await testApp(app, { start: "2030-09-01T08:00:00.000Z" })
  await school.ask(command("CreateRoster", "biology", { name: "Biology" }))
  await school.ask(command("AddPeriod", "biology", { period }))
})
afterAll(() => school.close())

test("a command is immutable once it was asked for [N26]", async () => {
  const asked: Command = { id: "frozen", type: "EnrollStudent", target, data: { student: "fay", period } }
  await school.daybook.request(asked, { actor: "system" })
  expect(() => Object.assign(asked.data, { student: "guy" })).toThrow(TypeError)
  expect(() => Object.assign(asked, { type: "DropStudent" })).toThrow(TypeError)
  expect(await school.daybook.command("frozen")).toMatchObject({ command: asked })
})

test("commands are named by what is to be done, events by what was [N27 N32]", () => {
  const isPast = (name: string) => /[a-z]ed$/.test(name)
  const facts = Object.entries(schema.events).filter(([, event]) => !("rejection" in event))
  expect(Object.keys(schema.commands).filter(isPast)).toEqual([])
  expect(facts.map(([name]) => name).filter(name => !isPast(name))).toEqual([])
})

test("a command is for one roster: for none, or for something else, it is refused [N28]", async () => {
  const ask = (target: Command["target"]) => school.ask({ type: "AddPeriod", target, data: { period } })
  await expect(ask(null)).rejects.toMatchObject({ code: "invalid", faults: [{ path: "/target" }] })
  await expect(ask({ type: "Student", id: "joe" })).rejects.toMatchObject({ code: "invalid" })
})

test("a command carries its type, its id, its target, its data, its time and who asked [N29]", async () => {
  const data = { student: "joe", period }
  const occurredAt = "2030-08-31T17:00:00.000Z"
  await school.ask({ type: "EnrollStudent", target, data }, { id: "enrol-joe", as: "principal", occurredAt })
  expect(await school.daybook.command("enrol-joe")).toMatchObject({
    command: { id: "enrol-joe", type: "EnrollStudent", target, data, occurredAt },
    owner: "principal",
    createdAt: "2030-09-01T08:00:00.000Z",
  })
})

test("an event carries its type, its id, what caused it, its data and its time [N34]", async () => {
  const [enrolled] = (await school.events("StudentEnrolled")).filter(event => event.causedBy.id === "enrol-joe")
  expect(enrolled).toMatchObject({
    id: expect.any(String),
    type: "StudentEnrolled",
    stream: { type: "Roster", id: "biology" },
    causedBy: { type: "EnrollStudent", id: "enrol-joe" },
    data: { student: "joe", period },
    at: "2030-09-01T08:00:00.000Z",
    occurredAt: "2030-08-31T17:00:00.000Z",
    actor: "principal",
  })
})

test("an event is immutable: who has one in hand cannot change what happened [N31]", async () => {
  const { events } = await school.send("EnrollStudent", "biology", { student: "kim", period })
  const before = await school.events()
  for (const event of [...events, ...before]) {
    try {
      Object.assign(event.data, { student: "nobody" })
    } catch {
      // Frozen: so much the better.
    }
  }
  const students = (await school.events("StudentEnrolled")).map(({ data }) => data["student"])
  expect(students).toContain("kim")
  expect(students).not.toContain("nobody")
})

test("the example of the name that changes goes all the way, there and back [N30 N35 N66]", async () => {
  const data = { first: "joe", middle: null, last: "schmoe" }
  const { state } = await school.send("ChangeStudentName", "joe", data)
  await school.restart()
  expect(state).toBe("succeeded")
  expect((await school.events("StudentNameChanged")).map(event => event.data)).toEqual([
    { first: "Joe", middle: null, last: "Schmoe" },
  ])
  expect(await school.commands("ChangeStudentName")).toMatchObject([{ command: { data } }])
  expect(await school.state("joe")).toMatchObject({ first: "Joe", last: "Schmoe" })
})

test("a command asked for twice is done once [N54]", async () => {
  const request = command("EnrollStudent", "biology", { student: "twin", period })
  const [first, again] = [await school.ask(request, { id: "twice" }), await school.ask(request, { id: "twice" })]
  expect(again).toEqual(first)
  const twins = (await school.events("StudentEnrolled")).filter(({ data }) => data["student"] === "twin")
  expect(twins).toHaveLength(1)
})

test("a command that is long, or that nobody waits for, is answered as soon as it is durable [N55]", async () => {
  const asked = { id: "at-once", ...command("EnrollStudent", "biology", { student: "lee", period }) }
  const { id, state } = await school.daybook.request(asked, { actor: "system" }, { waitMs: 10_000 })
  expect([id, state]).toEqual(["at-once", "succeeded"])
})

test("a command of no known name is refused, and says which there are [N56]", async () => {
  const expel = school.send("ExpelStudent", "biology", {})
  await expect(expel).rejects.toMatchObject({
    code: "unknown-command",
    message: expect.stringContaining("DropStudent"),
  })
})

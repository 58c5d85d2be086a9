import { expect, test } from "vitest"
import type { Instance } from "../../src/kernel/instance.ts"
import type { Outcome, RecordedEvent } from "../../src/kernel/message.ts"
import { eventJson } from "../../src/protocol/event.ts"
import { instanceJson, refusedInstanceJson } from "../../src/protocol/instance.ts"
import { outcomeJson, refusedJson } from "../../src/protocol/outcome.ts"
import { problem } from "../../src/protocol/problem.ts"

const event: RecordedEvent = {
  typeVersion: 2,
  schemaVersion: 3,
  actor: "u1",
  correlationId: "c1",
  causedBy: { id: "c1", type: "EnrollStudent" },
  rejection: false,
  data: { student: "s1" },
  at: "2030-01-01T00:00:00.000Z",
  n: 0,
  t: 121,
  stream: { version: 8, id: "r1", type: "Roster" },
  type: "StudentEnrolled",
  id: "e1",
}

test("an event is said in the order of the contract, and without occurredAt where it happened when it was recorded [CE3, CE4, N29]", () => {
  expect(JSON.stringify(eventJson(event))).toBe(
    '{"id":"e1","type":"StudentEnrolled","stream":{"type":"Roster","id":"r1","version":8},"t":121,"n":0,' +
      '"at":"2030-01-01T00:00:00.000Z","data":{"student":"s1"},"rejection":false,' +
      '"causedBy":{"type":"EnrollStudent","id":"c1"},"correlationId":"c1","actor":"u1","schemaVersion":3,"typeVersion":2}',
  )
  const late = JSON.stringify(eventJson({ ...event, occurredAt: "2029-12-31T00:00:00Z" }))
  expect(late).toContain('"at":"2030-01-01T00:00:00.000Z","occurredAt":"2029-12-31T00:00:00Z","data"')
})

test("an outcome at its end says its t and its events; before it, only how far it is [HA3]", () => {
  const outcome: Outcome = { id: "c1", state: "succeeded", t: 121, events: [event], result: { n: 1 } }
  expect(JSON.parse(JSON.stringify(outcomeJson(outcome)))).toEqual({
    id: "c1",
    state: "succeeded",
    t: 121,
    events: [JSON.parse(JSON.stringify(eventJson(event)))],
    result: { n: 1 },
  })
  expect(outcomeJson({ ...outcome, state: "queued" })).toEqual({ id: "c1", state: "queued" })
})

test("a refusal among many shows its code on the outside", () => {
  const said = problem("conflict", "No.")
  expect(refusedJson("c1", said)).toEqual({ id: "c1", state: "refused", code: "conflict", error: said })
})

const instance: Instance = {
  command: { id: "c1", type: "EnrollStudent", target: { type: "Roster", id: "r1" }, data: { student: "s1" } },
  state: "succeeded",
  owner: "u1",
  parent: null,
  correlationId: "c1",
  result: null,
  error: null,
  createdAt: "2030-01-01T00:00:00.000Z",
  updatedAt: "2030-01-01T00:00:01.000Z",
  t: 121,
  attempts: 0,
  due: null,
  history: [{ state: "succeeded", at: "2030-01-01T00:00:01.000Z", t: 121 }],
  digest: null,
}

test("an instance says everything that the contract lists, with its target and its t", () => {
  expect(instanceJson(instance, ["c2"])).toEqual({
    id: "c1",
    type: "EnrollStudent",
    state: "succeeded",
    owner: "u1",
    target: { type: "Roster", id: "r1" },
    data: { student: "s1" },
    parent: null,
    children: ["c2"],
    waits: [],
    timers: [],
    result: null,
    error: null,
    createdAt: "2030-01-01T00:00:00.000Z",
    updatedAt: "2030-01-01T00:00:01.000Z",
    t: 121,
    history: [{ state: "succeeded", at: "2030-01-01T00:00:01.000Z", t: 121 }],
  })
})

test("a refused command has the same members, and its error says what was wrong [X6]", () => {
  const fault = { path: "/data/a", code: "type", message: "is not a string" }
  const refused = {
    id: "c9",
    type: "A",
    actor: "u1",
    code: "invalid",
    sentence: "No.",
    faults: [fault],
    data: {},
    at: "2030-01-01T00:00:00.000Z",
  } as const
  const json = refusedInstanceJson(refused)
  expect(Object.keys(json)).toEqual(Object.keys(instanceJson(instance, [])))
  expect(json).toMatchObject({
    state: "rejected",
    owner: "u1",
    t: null,
    error: { class: "user", code: "invalid", message: "No.", errors: [fault] },
    history: [{ state: "rejected", t: null }],
  })
})

import { expect, test } from "vitest"
import { systemIds } from "../../src/adapters/node/ids.ts"
import type { LifeEventData, Turned } from "../../src/kernel/life.ts"
import { done, step, type Workflow } from "../../src/kernel/workflow.ts"
import { steppingOf } from "../../src/workflows/turn.ts"

const request = (n: number) => ({ type: "Check", target: null, data: { n } })

const workflow: Workflow = {
  kind: "workflow",
  type: "Order",
  version: 1,
  start: ({ data }) => step(data).spawn("checks", [request(1), request(2), request(3)], { mode: "all" }),
  on: {
    checks: {
      hears: { kind: "child" },
      match: null,
      enough: null,
      react: ({ outcomes }) => done(outcomes.length),
    },
  },
  startedBy: {},
  abort: null,
  upgrade: null,
  limit: null,
}

const ids = systemIds()
const snapshot = () => {
  throw new Error("Nobody asks for it here")
}
const stepping = steppingOf(new Map([["Order", workflow]]), { ids, snapshot })
const moment = { now: Date.parse("2026-01-01T00:00:00Z"), basis: 7 }

function begun(command: string): Turned {
  // Nothing here waits.
  return stepping.begin({ command, workflow: "Order", owner: "ann", data: {} }, moment) as Turned
}

function asked({ events }: Turned): readonly string[] {
  const { sends = [] } = events[0]!.data as unknown as LifeEventData
  return sends.flatMap(sending => ("id" in sending ? [sending.id] : []))
}

test("what a step asks for has ids that lie beside the one they follow from, the same each time [W22]", () => {
  const command = ids.next()
  const [first, again] = [asked(begun(command)), asked(begun(command))]
  expect(first).toEqual(again)
  expect(new Set(first).size).toBe(3)
  for (const id of first)
    expect(id).toMatch(new RegExp(`^${command.slice(0, 13)}-5[\\da-f]{3}-[\\da-f]{4}-[\\da-f]{12}$`))
  expect(asked(begun("order-1"))).toEqual([1, 2, 3].map(n => ids.of("order-1", `send:${n}`)))
})

test("ends of children that come together are told by one event, and one that comes alone by one of its own", () => {
  const { life } = begun(ids.next())
  const children = Object.keys(life.children ?? {})
  const end = (id: string) =>
    ({
      kind: "child",
      place: 1,
      child: { id, type: "Check", state: "succeeded", result: null, error: null, rejections: [] },
    }) as const
  const [one = "", ...others] = children
  const first = stepping.advance(life, [end(one)], { ...moment, basis: 8 }) as Turned
  expect(first.events.map(({ type, data }) => [type, data["on"]])).toEqual([["InstanceStepped", null]])
  const last = stepping.advance(first.life, others.map(end), { ...moment, basis: 9 }) as Turned
  expect(last.events.map(({ type, data }) => [type, data["on"]])).toEqual([["InstanceEnded", "checks"]])
  expect(last.life).toMatchObject({ state: "succeeded", result: 3 })
})

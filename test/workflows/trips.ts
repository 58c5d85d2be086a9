import { daybook } from "../../src/app/define.ts"
import type { Json } from "../../src/kernel/json.ts"
import { every, in_ } from "../../src/kernel/moments.ts"
import { done, failed, step } from "../../src/kernel/workflow.ts"
import { child, heard, timed, workflow } from "./machine.ts"

const data = { type: "object" }
const person = (type: string, id: string, said = {}) => ({ type, target: { type: "Person", id }, data: said })
const nobody = (type: string, said = {}) => ({ type, target: null, data: said })
const number = (value: Json | undefined) => (typeof value === "number" ? value : 0)

/** A trip has legs that take a while and fail now and then, is nagged about, and is paid for once it is approved. */
const trip = workflow({
  type: "Trip",
  start: ({ data: { seed = 0 } }) =>
    step({ seed, nags: 0 })
      .spawn(
        "legs",
        [1, 2, 3].map(n => nobody("Leg", { n })),
        { mode: "all", retry: { attempts: 3, baseMs: 1_000 } },
      ) // prettier-ignore
      .send(nobody("Note", { about: "trip" }))
      .timer("nag", every("* * * * *", "Europe/Zurich")),
  on: {
    legs: child(({ data: known, outcomes, target }) =>
      step({ ...known, legs: outcomes.map(({ result }) => number(result)).toSorted((a, b) => a - b) }).wait(
        "answer",
        { "@stream": target!.id },
        { until: in_("2 hours") },
      ),
    ),
    nag: timed(({ data: known, timer }) => step({ ...known, nags: number(known["nags"]) + 1 + timer!.missed })),
    answer: heard(
      "Answered",
      ({ data: known, event }) =>
        step({ ...known, answer: event?.data["yes"] ?? null }).cancel("nag").spawn("paid", nobody("Pay", { cents: 500 })), // prettier-ignore
      { match: () => ({ yes: true }) },
    ),
    undone: child(({ data: known }) => step(known)),
    paid: child(({ data: known, outcome }) => done({ ...known, nags: null, receipt: outcome!.result })),
  },
  abort: ({ data: known, reason }) =>
    step({ ...known, nags: null, reason }).spawn("undone", nobody("Pay", { cents: -5 })),
})

/** A leg waits, pays, and comes to its number; the second one fails the first time. */
const leg = workflow({
  type: "Leg",
  start: ({ data: { n = 0 }, id }) => step({ n, id }).timer("rested", in_("30 seconds")),
  on: {
    rested: timed(({ data: known }) => step(known).spawn("paid", nobody("Pay", { cents: number(known["n"]) }))),
    paid: child(({ data: known, outcome }) =>
      number(known["n"]) === 2 && outcome!.result !== "again" ? failed("A flat tyre") : done(number(known["n"]) * 10),
    ),
  },
})

const line = workflow({
  type: "Queue",
  start: ({ data: known }) => step(known).timer("served", in_("10 seconds")),
  on: { served: timed(({ data: { n = null } }) => done({ served: n })) },
  limit: { running: 1, key: null, priority: ({ n }) => number(n) },
})

const thank = workflow({
  type: "Thank",
  start: ({ data: known }) => step(known).spawn("paid", nobody("Pay", { cents: 1 })),
  on: { paid: child(() => done("thanked")) },
  startedBy: { Answered: event => ({ target: null, data: { whom: event.stream.id }, owner: event.stream.id }) },
})

export const trips = daybook({
  schema: {
    daybook: 1,
    name: "trips",
    version: 1,
    entities: { Person: { attributes: { name: { type: "string" } } } },
    commands: {
      ...Object.fromEntries(["Leg", "Queue", "Thank", "Pay", "Note"].map(type => [type, { target: null, data }])),
      Trip: { target: "Person", data },
      Ask: { target: "Person", data },
    },
    events: { Answered: { stream: "Person", data } },
  },
  aggregates: [
    {
      kind: "aggregate",
      type: "Person",
      decide: { Ask: (said: { yes: boolean }) => ({ type: "Answered", data: said, rejection: false }) },
      evolve: { Answered: (state: object) => ({ ...state, name: "answered" }) },
    },
  ],
  workflows: [trip, leg, line, thank],
  handlers: [
    {
      kind: "handler",
      type: "Pay",
      run: ({ cents }: { cents: number }, bank: Bank, key: string) => bank.pay(cents, key),
      inject: ["data", "bank", "key"],
    },
    { kind: "handler", type: "Note", run: () => "noted", inject: [] },
  ],
  adapters: { bank: {} },
})

type Bank = { pay(cents: number, key: string): Promise<string> }

/** A bank that goes on while the application is down. It is away at first for some, and remembers what was paid. */
export function aBank() {
  const paid = new Map<string, number>()
  const asked = new Set<string>()
  return {
    paid,
    async pay(cents: number, key: string) {
      if (cents % 2 === 1 && !asked.has(key)) {
        asked.add(key)
        throw new Error("The bank is away")
      }
      const count = [...paid.values()].filter(other => other === cents).length
      const isKnown = paid.has(key)
      paid.set(key, cents)
      return cents === 2 && (isKnown ? count > 1 : count > 0) ? "again" : "paid"
    },
  }
}

/** What is done from outside, and when. */
export const script: readonly Action[] = [
  { kind: "ask", id: "t1", request: person("Trip", "ann", { seed: 1 }), as: "system" },
  { kind: "ask", id: "t2", request: person("Trip", "bob", { seed: 2 }), as: "system" },
  ...[1, 2, 3].map((n): Action => ({ kind: "ask", id: `q${n}`, request: nobody("Queue", { n }), as: "system" })), // prettier-ignore
  { kind: "until", at: "2030-01-01T00:00:12.000Z" },
  { kind: "abort", id: "t2" },
  { kind: "until", at: "2030-01-01T00:00:50.000Z" },
  { kind: "ask", id: "yes", request: person("Ask", "ann", { yes: true }), as: "system" },
  { kind: "until", at: "2030-01-01T00:30:00.000Z" },
]

export type Action =
  | {
      readonly kind: "ask"
      readonly id: string
      readonly request: ReturnType<typeof person | typeof nobody>
      readonly as: string
    }
  | { readonly kind: "abort"; readonly id: string }
  | { readonly kind: "until"; readonly at: string }

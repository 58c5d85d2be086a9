import { daybook } from "../../src/app/define.ts"
import { in_ } from "../../src/kernel/moments.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { child, heard, timed, workflow } from "../workflows/machine.ts"

const data = { type: "object" }
const ask = (type: string, n: unknown) => ({ type, target: null, data: { n: Number(n) } })

/** A relay waits for its legs, rests, and is over when a runner has come in; which number it comes to follows from its own. */
const relay = workflow({
  type: "Relay",
  start: ({ data: { n = 0 } }) =>
    step({ n, legs: 0 }).spawn("legs", [ask("Leg", n), ask("Leg", n), ask("Run", n)], { mode: "all" }),
  on: {
    legs: child(({ data: { n = 0 }, outcomes }) =>
      step({ n, legs: outcomes.map(({ result }) => Number(result)).reduce((sum, one) => sum + one, 0) }).timer(
        "rested",
        in_("200 ms"),
      ),
    ),
    rested: timed(({ data: known }) => step(known).spawn("ran", ask("Run", known["n"]), { retry: { attempts: 3 } })),
    ran: child(({ data: known, outcome }) => done({ legs: known["legs"] ?? null, ran: outcome!.result })),
  },
})

const leg = workflow({
  type: "Leg",
  start: ({ data: known }) => step(known).timer("over", in_("300 ms")),
  on: { over: timed(({ data: { n = 0 } }) => done(n)) },
})

const listener = workflow({
  type: "Listener",
  start: ({ data: known }) => step(known).wait("over"),
  on: { over: heard("Over", ({ data: { n = 0 } }) => done(n)) },
})

export default daybook({
  schema: {
    daybook: 1,
    name: "relays",
    version: 1,
    entities: { Team: { attributes: { name: { type: "string" } } } },
    commands: Object.fromEntries(["Relay", "Leg", "Run", "Listener"].map(type => [type, { target: null, data }])),
    events: { Over: { stream: "Outside", requires: "edit", data } },
  },
  workflows: [relay, leg, listener],
  handlers: [{ kind: "handler", type: "Run", run: ({ n }: { n: number }) => n * 2, inject: ["data"] }],
})

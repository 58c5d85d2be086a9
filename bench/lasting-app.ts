import { daybook } from "daybook"
import type { Request } from "daybook"
import { at } from "../src/kernel/moments.ts"
import { done, step, type Reacting, type Workflow } from "../src/kernel/workflow.ts"

const data = { type: "object" } as const

const schema = {
  daybook: 1,
  name: "lasting",
  version: 1,
  entities: { Topic: { attributes: { name: { type: "string" } } } },
  commands: {
    One: { target: null, data },
    Outside: { target: null, data },
    WithOutside: { target: null, data },
    Parent: { target: null, data },
    Timed: { target: null, data },
    Waiting: { target: null, data },
    Held: { target: null, data },
  },
  events: { Said: { stream: "Topic", data } },
} as const

const workflow = (type: string, start: Workflow["start"], on: Workflow["on"] = {}): Workflow => ({
  kind: "workflow",
  type,
  version: 1,
  start,
  on,
  startedBy: {},
  abort: null,
  upgrade: null,
  limit: null,
})

const reacting = (hears: Reacting["hears"], react: Reacting["react"]): Reacting => {
  return { hears, match: null, enough: null, react }
}

const request = (type: string, n: number): Request => ({ type, target: null, data: { n } })

/** An instant as timers take it. */
const instantOf = (ms: unknown) => at(new Date(Number(ms)).toISOString())

const one = workflow("One", context => done({ n: context.data["n"] ?? null }))

/** Calls something outside, which a handler does, and ends with what came of it. */
const withOutside = workflow("WithOutside", context => step(context.data).spawn("outside", request("Outside", 1)), {
  outside: reacting({ kind: "child" }, ({ outcome }) => done(outcome!.result)),
})

const parent = workflow(
  "Parent",
  context =>
    step(context.data).spawn("children", [request("One", 1), request("One", 2), request("One", 3)], { mode: "all" }),
  { children: reacting({ kind: "child" }, ({ outcomes }) => done({ ended: outcomes.length })) },
)

const timed = workflow("Timed", context => step(context.data).timer("due", instantOf(context.data["due"])), {
  due: reacting({ kind: "timer" }, () => done()),
})

/** Waits for something that is said of it, or for a day that is far away. */
const waiting = workflow(
  "Waiting",
  context => {
    const { key = null, due = null } = context.data
    return step(context.data).wait("said", { key }).timer("due", instantOf(due))
  },
  { said: reacting({ kind: "event", event: "Said" }, () => done()), due: reacting({ kind: "timer" }, () => done()) },
)

/** Waits for a command that a handler does not finish while it is held. */
const held = workflow("Held", context => step(context.data).spawn("outside", request("Outside", 0)), {
  outside: reacting({ kind: "child" }, ({ outcome }) => done(outcome!.result)),
})

const never = new Promise<null>(() => {})

/** What lasting commands are measured with. `isHeld`: what is outside never answers. */
export const lastingApp = (isHeld = false) =>
  daybook({
    schema,
    workflows: [one, withOutside, parent, timed, waiting, held],
    handlers: [{ kind: "handler", type: "Outside", run: () => (isHeld ? never : { answered: true }) }],
  })

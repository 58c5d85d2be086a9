import { setImmediate as turn } from "node:timers/promises"
import { daybook } from "../../src/app/define.ts"
import { when } from "../../src/app/workflow-words.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { every, in_ } from "../../src/kernel/moments.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import type { Store } from "../../src/ports/store.ts"
import { testApp, type TestApp } from "../../src/testing/app.ts"
import type { SimulatedClock } from "../../src/testing/clock.ts"
import { child, heard, timed, workflow } from "./machine.ts"

const data = { type: "object" }
const ask = (type: string, said: JsonObject = {}) => ({ type, target: null, data: said })

/** What an errand has come to: what it was told of, each in an order that says nothing of when. */
type Known = {
  readonly of: string
  readonly heard: readonly string[]
  readonly ended: readonly string[]
}
const known = (from: JsonObject) => from as Known
const with_ = ({ of, heard: before, ended }: Known, ...ids: readonly string[]) =>
  goOn({ of, heard: [...before, ...ids].toSorted(), ended })
const goOn = (next: Known) => (next.heard.length === 7 && next.ended.length === 4 ? done(next) : step(next))

/**
 * An errand is over when it has heard of all that it is about: three events each by itself, two together, one that comes
 * too early for it, one that a timer waits for, a time that passes; and four children. In which order does not matter.
 */
const errand = workflow({
  type: "Errand",
  start: ({ data: { of = "" } }) =>
    step({ of, heard: [], ended: [] })
      .wait("each", { of }, { mode: "each" })
      .wait("pair", { of }, { mode: "enough" })
      .timer("clicked", when("Clicked", { of }))
      .timer("rung", in_("1 minute"))
      .timer("nag", every("* * * * *", "Europe/Zurich"))
      .spawn("parts", [ask("Rest", { n: 1 }), ask("Pay", { n: 2 }), ask("Pay", { n: 3 }), ask("Nested", { of })]),
  on: {
    each: heard("Each", ({ data: from, event }) => with_(known(from), event!.id)),
    pair: heard("Pair", ({ data: from, events }) => with_(known(from), ...events.map(({ id }) => id)), {
      enough: came => came.length === 2,
    }),
    clicked: heard("Clicked", ({ data: from, event }) => with_(known(from), event!.id)),
    rung: timed(({ data: from }) => step(from).wait("late", { of: from["of"] ?? "" })),
    late: heard("Late", ({ data: from, event }) => with_(known(from), event!.id), {
      match: ({ of }) => ({ of: of ?? "" }),
    }),
    nag: timed(({ data: from }) => step(from)),
    parts: child(({ data: from, outcome }) => {
      const { of, heard: before, ended } = known(from)
      return goOn({ of, heard: before, ended: [...ended, outcome!.result as string].toSorted() })
    }),
  },
  abort: ({ data: from }) => step(from).spawn("parts", ask("Undo", { of: from["of"] ?? "" })),
})

const app = daybook({
  schema: {
    daybook: 1,
    name: "errands",
    version: 1,
    entities: { Thing: { attributes: { name: { type: "string" } } } },
    commands: Object.fromEntries(
      ["Errand", "Rest", "Nested", "Pay", "Undo"].map(type => [type, { target: null, data }]),
    ),
    events: Object.fromEntries(
      ["Each", "Pair", "Clicked", "Late", "Go"].map(type => [type, { stream: "Outside", requires: "edit", data }]),
    ),
  },
  workflows: [
    errand,
    workflow({
      type: "Rest",
      start: ({ data: from }) => step(from).timer("over", in_("20 seconds")),
      on: { over: timed(({ data: { n = 0 } }) => done(`rested ${JSON.stringify(n)}`)) },
    }),
    workflow({
      type: "Nested",
      start: ({ data: { of = "" } }) =>
        step({ of })
          .wait("go", { of })
          .spawn("rest", ask("Rest", { n: 4 })),
      on: {
        go: heard("Go", ({ data: { of = "", rested = false } }) =>
          rested === true ? done("went") : step({ of, went: true }),
        ),
        rest: child(({ data: { of = "", went = false } }) =>
          went === true ? done("went") : step({ of, rested: true }),
        ),
      },
    }),
  ],
  handlers: [
    {
      kind: "handler",
      type: "Pay",
      run: ({ n }: { n: number }, bank: Bank, key: string) => bank.pay(n, key),
      inject: ["data", "bank", "key"],
    },
    { kind: "handler", type: "Undo", run: () => "undone", inject: [] },
  ],
  adapters: { bank: {} },
})

type Bank = { pay(n: number, key: string): Promise<string> }

/** A bank that is away when it is asked first for an odd sum, and goes on while the application is down. */
function aBank(): Bank {
  const asked = new Set<string>()
  return {
    async pay(n, key) {
      if (n % 2 === 1 && !asked.has(key)) {
        asked.add(key)
        throw new Error("The bank is away")
      }
      return `paid ${n}`
    },
  }
}

/** Something that happens to an errand: an event, told to all or to it alone. */
export type Happening = { readonly id: string; readonly type: string; readonly of: string; readonly to: string | null }

export const errands = ["a", "b", "c"] as const
/** Everything that happens, in the order in which it usually does. */
export const happenings: readonly Happening[] = errands.flatMap(of =>
  ["Each", "Each", "Each", "Pair", "Pair", "Go", "Clicked", "Late"].map((type, n) => {
    // The one that an errand hears is its own; of its child it does not know the name.
    return { id: `${of}-${n}`, type, of, to: n === 1 || n === 4 || type === "Late" ? of : null }
  }),
)

/** One thing after the other that is done to the application. `killedAfter`: so many turns after it was asked for. */
export type Deed = {
  readonly deed: { readonly tell: Happening } | { readonly abort: string }
  readonly killedAfter: number | null
  readonly waitMs: number
  readonly clockMs: number
  readonly isRewound: boolean
}

/** Does all that, lets enough time pass, and says what every command has come to. */
export async function play(deeds: readonly Deed[], open: (clock: SimulatedClock) => Promise<Store>) {
  let store: Store
  const running = await testApp(app, {
    adapters: { bank: aBank() },
    store: async clock => (store = await open(clock)),
  })
  for (const of of errands) await running.send("Errand", null, { of }, { id: of, as: "system" })
  for (const { deed, killedAfter, waitMs, clockMs, isRewound } of deeds) {
    if (isRewound) await rewind(running, store!)
    running.clock.back(-clockMs)
    await insist(running, deed, killedAfter)
    await running.advance(waitMs)
  }
  await running.settle()
  // Later than any clock was set to, and late enough for what was set by one that was set back.
  await running.at("2030-01-01T03:00:00.000Z")
  const commands = await running.daybook.commands({ limit: 1_000 })
  const findings = []
  for await (const finding of running.daybook.verify()) findings.push(finding)
  const timers = (await Promise.all(errands.map(async id => running.daybook.life(id)))).map(life => life?.timers)
  await running.close()
  await running.close()
  return { commands, findings, timers }
}

async function act({ daybook: open }: TestApp, deed: Deed["deed"]): Promise<unknown> {
  if ("abort" in deed) return open.abort(deed.abort, "system", "rain")
  const { id, type, of, to } = deed.tell
  const said = { type, data: { of }, ...(to === null ? {} : { to }) }
  return open.request({ id, ...ask("ReceiveEvent", said) }, { actor: "system" })
}

async function insist(running: TestApp, deed: Deed["deed"], killedAfter: number | null): Promise<void> {
  if (killedAfter !== null) {
    void act(running, deed).catch(() => undefined)
    for (let n = 0; n < killedAfter; n++) await turn()
    await running.restart()
  }
  const acting = act(running, deed)
  await running.clock.idle()
  await acting
}

/** What brings events to instances takes them all up again, from the first. */
async function rewind(running: TestApp, store: Store): Promise<void> {
  await running.settle()
  await store.commit([{ kind: "deliveries", consumer: "workflows", reached: 0, parked: [], done: [] }])
  await running.restart()
}

import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { in_ } from "../../src/kernel/moments.ts"
import { done, step, type Reacting, type ReactionContext, type Step, type Workflow } from "../../src/kernel/workflow.ts"
import { testApp } from "../../src/testing/app.ts"

const json = { type: "object" }

const schema = {
  daybook: 1,
  name: "lasting",
  version: 1,
  entities: { Person: { attributes: { name: { type: "string" } } } },
  commands: {
    Join: { target: "Person", data: json },
    Ask: { target: "Person", data: json },
    Check: { target: null, data: json },
  },
  events: { Answered: { stream: "Person", data: json } },
}

const child = (react: (context: ReactionContext) => Step, more: Partial<Reacting> = {}): Reacting => ({
  hears: { kind: "child" },
  match: null,
  enough: null,
  react,
  ...more,
})
const heard = (event: string, react: (context: ReactionContext) => Step): Reacting => ({
  ...child(react),
  hears: { kind: "event", event },
})
const timed = (react: (context: ReactionContext) => Step): Reacting => ({ ...child(react), hears: { kind: "timer" } })

const workflow = (type: string, given: Partial<Workflow> & Pick<Workflow, "start">): Workflow => ({
  kind: "workflow",
  type,
  version: 1,
  on: {},
  startedBy: {},
  abort: null,
  upgrade: null,
  limit: null,
  ...given,
})

const request = (type: string, target: string | null, data = {}) => ({
  type,
  target: target === null ? null : { type: "Person", id: target },
  data,
})

const app = daybook({
  schema,
  aggregates: [
    {
      kind: "aggregate",
      type: "Person",
      decide: { Ask: (data: { yes: boolean }) => ({ type: "Answered", data, rejection: false }) },
      evolve: { Answered: (state: object) => ({ ...state, name: "answered" }) },
    },
  ],
  workflows: [
    workflow("Check", { start: ({ data }) => done({ checked: data["n"] ?? null }) }),
    workflow("Join", {
      start: ({ data }) =>
        step({ ...data, got: 0 })
          .spawn("checks", [request("Check", null, { n: 1 }), request("Check", null, { n: 2 })], { mode: "all" })
          .timer("reminder", in_("30 minutes")),
      on: {
        checks: child(({ data, outcomes, target }) =>
          step({ ...data, got: outcomes.length }).wait("answer", { "@stream": target!.id }),
        ),
        reminder: timed(({ data }) => step({ ...data, reminded: true })),
        answer: heard("Answered", ({ data, event }) => done({ ...data, answer: event!.data["yes"] ?? null })),
      },
    }),
  ],
})

test("a workflow waits for its children, for a timer and for an event, over a restart [W22 W36 W43 W45]", async () => {
  const running = await testApp(app)
  const outcome = await running.send("Join", { type: "Person", id: "ann" }, { who: "ann" }, { id: "j1" })
  expect(outcome.state).toBe("waiting")
  await running.settle()
  expect(await running.daybook.life("j1")).toMatchObject({ state: "waiting", data: { got: 2 }, waits: { answer: {} } })
  await running.advance(31 * 60_000)
  expect(await running.daybook.life("j1")).toMatchObject({ data: { got: 2, reminded: true } })
  await running.restart()
  await running.send("Ask", { type: "Person", id: "bob" }, { yes: false })
  await running.send("Ask", { type: "Person", id: "ann" }, { yes: true })
  await running.settle()
  expect(await running.daybook.ended("j1")).toMatchObject({
    state: "succeeded",
    result: { who: "ann", got: 2, reminded: true, answer: true },
  })
  const findings = []
  for await (const finding of running.daybook.verify()) findings.push(finding)
  expect(findings).toEqual([])
})

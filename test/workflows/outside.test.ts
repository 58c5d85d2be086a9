import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { done, step, type Workflow } from "../../src/kernel/workflow.ts"
import { testApp } from "../../src/testing/app.ts"

const data = { type: "object" }

const charge: Workflow = {
  kind: "workflow",
  type: "Order",
  version: 1,
  start: context => step(context.data).spawn("charge", { type: "Charge", target: null, data: { cents: 5 } }),
  on: {
    charge: {
      hears: { kind: "child" },
      match: null,
      enough: null,
      react: ({ outcome }) => done(outcome!.result),
    },
  },
  startedBy: {},
  abort: null,
  upgrade: null,
  limit: null,
}

const app = daybook({
  schema: {
    daybook: 1,
    name: "shop",
    version: 1,
    entities: { Order: { attributes: { name: { type: "string" } } } },
    commands: { Order: { target: null, data }, Charge: { target: null, data } },
  },
  workflows: [charge],
  handlers: [
    { kind: "handler", type: "Charge", run: ({ cents }: { cents: number }) => ({ charged: cents }), inject: ["data"] },
  ],
})

test("a workflow goes on with what came of a command that a handler runs", async () => {
  const running = await testApp(app)
  await running.send("Order", null, {}, { id: "o1" })
  await running.settle()
  expect(await running.daybook.ended("o1")).toMatchObject({ state: "succeeded", result: { charged: 5 } })
  const [child = ""] = await running.daybook.children("o1")
  expect(await running.daybook.command(child)).toMatchObject({ state: "succeeded", parent: "o1" })
})

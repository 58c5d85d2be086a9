import { expect, test } from "vitest"
import { expectProblem, served } from "./cases.ts"
import { itemSchema, stories } from "./transact.cases.ts"

const outside = served(itemSchema, [])

test.each(stories)("$title [L77 L79]", async ({ steps }) => {
  expect.hasAssertions()
  for (const step of steps) {
    if ("query" in step) {
      expect((await outside.query(step.query)).body).toHaveProperty("result", step.answer)
      continue
    }
    const told = await outside.transact(step.ops)
    if ("refused" in step) expectProblem(told, step.refused, step.path)
    else expect(told).toMatchObject({ status: 200, body: { state: "succeeded", ...step.told } })
  }
})

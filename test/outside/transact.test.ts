import { expect, test } from "vitest"
import { expectedOf, outcomeOf, served } from "./cases.ts"
import { cornerStories } from "./corner-stories.cases.ts"
import { itemSchema, stories, type Step } from "./transact.cases.ts"

const outside = served(itemSchema, [])

async function outcomeOfStep(step: Step): Promise<object> {
  if ("query" in step) return outcomeOf(await outside.query(step.query), false)
  const told = await outside.transact(step.ops)
  if (told.status !== 200 || "refused" in step) return outcomeOf(told, "path" in step)
  return told.body as object
}

function expectedOfStep(step: Step): object {
  if ("query" in step || "refused" in step) return expectedOf(step)
  return expect.objectContaining({ state: "succeeded" }) as object
}

test.each([...stories, ...cornerStories])("$title [L77 L79]", async ({ steps }) => {
  for (const step of steps) {
    const outcome = await outcomeOfStep(step)
    expect(outcome).toEqual(expectedOfStep(step))
    expect(outcome).toMatchObject("told" in step ? (step.told ?? {}) : {})
  }
})

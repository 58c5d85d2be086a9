import { expect, test } from "vitest"
import { pageBeside } from "./page.ts"

const { steps, typing } = pageBeside(new URL("../../examples/roster/", import.meta.url))

test("the page says what to type, and what comes of it [N59]", () => {
  expect(steps).toHaveLength(8)
})

test.each(steps)("step %$ of the page is answered as the page says [N55 N59]", async step => {
  // What is read follows what is written a moment later.
  await expect.poll(typing(step), { timeout: 5_000 }).toMatchObject(step.answer)
})

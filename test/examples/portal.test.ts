import { expect, test } from "vitest"
import { pageBeside } from "./page.ts"

const { steps, typing } = pageBeside(new URL("../../examples/portal/", import.meta.url))

test("the page says what to ask, and what is answered to whom", () => {
  expect(steps).toHaveLength(10)
})

// In order: what is shared at first is not shared any more at the end.
test("each question of the page is answered as the page says [L32 L53 L54 L56 L72 L84]", async () => {
  const answers: unknown[] = []
  for (const step of steps) answers.push(await typing(step)())
  expect(answers).toMatchObject(steps.map(step => step.answer))
})

import { expect, test } from "vitest"
import { partsOf } from "../../src/app/parts.ts"
import { limits } from "../../src/kernel/limits.ts"
import { Budget } from "../../src/queries/budget.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import portalSchema from "../../examples/portal/schema.json" with { type: "json" }
import { asked, portal } from "./portal.ts"

test("a query that comes by too much, takes too long, or is not waited for is given up with a sentence [QS8]", async () => {
  const clock = simulatedClock()
  const budget = new Budget(clock, 100)
  budget.count(limits.pullNodesMax)
  expect(() => budget.count(1)).toThrow(/comes by more than 100000 entities/)
  budget.check()
  await clock.advance(101)
  expect(() => budget.check()).toThrow(/not done within 100 ms/)
  expect(() => new Budget(clock, 100, { aborted: true }).check()).toThrow(/is gone/)
})

test("a named query that does not come to its end is refused in time [QS8]", async () => {
  const { query } = partsOf(portalSchema)
  const endless = query("endless", { run: () => new Promise<never>(() => {}) })
  const app = await portal(undefined, { queries: [endless] })
  const refused = asked(app, { name: "endless", timeoutMs: 300 }).catch((error: unknown) => error)
  await app.clock.advance(400)
  expect(await refused).toMatchObject({ code: "timeout" })
  await app.close()
})

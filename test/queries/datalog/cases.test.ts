import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Refusal } from "../../../src/kernel/refusal.ts"
import type { TestApp } from "../../../src/testing/app.ts"
import { stores } from "../../stores.ts"
import { expressions } from "./expressions.cases.ts"
import { inputs } from "./inputs.cases.ts"
import { joins } from "./joins.cases.ts"
import { peopleWith } from "./people.ts"
import { refusals } from "./refusals.cases.ts"
import { rules } from "./rules.cases.ts"
import { worlds, type Case } from "./worlds.ts"

const kinds = { joins, rules, expressions, inputs, refusals }

describe.each(stores)("datalog on %s", (_name, open) => {
  const apps = new Map<string, TestApp>()
  beforeAll(async () => {
    for (const [name, ops] of Object.entries(worlds)) apps.set(name, await peopleWith(open, ops))
  })
  afterAll(async () => {
    for (const app of apps.values()) await app.close()
  })

  const expectCase = async (one: Case) => {
    const answered = apps.get(one.world)!.daybook.query(one.query, { principal: "system" })
    if (one.refused === undefined) return expect((await answered).result).toEqual(one.answer)
    const error: unknown = await answered.then(
      () => null,
      (why: unknown) => why,
    )
    expect(error).toBeInstanceOf(Refusal)
    const { code, message, faults } = error as Refusal
    expect({ code, message }).toEqual({ code: one.refused, message: expect.stringContaining(one.says) })
    if (one.path !== undefined) expect(faults[0]?.path).toBe(one.path)
  }

  describe.each(Object.entries(kinds))("%s", (_kind, cases) => {
    test.each(cases)("$title [L74]", async one => {
      await expectCase(one)
    })
  })
})

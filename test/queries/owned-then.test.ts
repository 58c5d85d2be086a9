import { expect, test } from "vitest"
import type { Instance } from "../../src/kernel/instance.ts"
import { limits } from "../../src/kernel/limits.ts"
import type { CommandFilter } from "../../src/ports/commands.ts"
import { commandsThen, instantOf } from "../../src/queries/owned-then.ts"

const at = (second: number) => new Date(second * 1000).toISOString()

function ended(n: number): Instance {
  return {
    command: { id: `c${n}`, type: "Do", target: null, data: {} },
    state: "failed",
    owner: "ann",
    parent: null,
    correlationId: "c",
    result: null,
    error: { message: "no" },
    createdAt: at(n),
    updatedAt: at(n + 1),
    t: n + 1,
    attempts: 2,
    due: null,
    history: [
      { state: "retrying", at: at(n), t: n },
      { state: "failed", at: at(n + 1), t: n + 1 },
    ],
    digest: null,
  }
}

/** Has as many commands as that, one begun at each t. */
const having = (count: number) => ({
  list({ after, limit }: CommandFilter) {
    const from = after === undefined ? count : Number(after.slice(1)) - 1
    return Array.from({ length: Math.min(limit, from) }, (_, i) => ended(from - i))
  },
})

test("a command is told as far as it had got, and one that had not begun is not told", async () => {
  const count = limits.pageItemsMax + 3
  const found = await commandsThen(having(count), ["ann"], { t: 3, now: at(3) })
  expect(found.map(({ command, state, error, t, updatedAt }) => [command.id, state, error, t, updatedAt])).toEqual([
    ["c3", "retrying", null, 3, at(3)],
    ["c2", "failed", { message: "no" }, 3, at(3)],
    ["c1", "failed", { message: "no" }, 2, at(2)],
  ])
})

test("of somebody with more commands than can be looked at it is refused with a sentence", async () => {
  const asked = commandsThen(having(limits.commandsThenMax + 1), ["ann"], { t: 3, now: at(3) })
  await expect(asked).rejects.toMatchObject({ code: "too-large", message: expect.stringContaining("ann has 20000") })
})

test("when t was is found in the log, for each t of several at one instant", async () => {
  const recorded = [1000, 1000, 5000]
  const log = { tAt: (ms: number) => recorded.filter(one => one <= ms).length }
  const found = await Promise.all([1, 2, 3].map(async t => instantOf(t, log, 60_000)))
  expect(found).toEqual([at(1), at(1), at(5)])
})

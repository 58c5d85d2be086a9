import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { seed } from "../../examples/portal/seed.ts"
import schema from "../../examples/portal/schema.json" with { type: "json" }
import { simulatedClock } from "../../src/testing/clock.ts"
import { emptyMemory } from "../../src/testing/memory-store.ts"
import { startProcess } from "../app/processes.ts"

test("several processes answer queries of one store, each for itself, also when another has ended [QS1 QS7]", async () => {
  const place = { clock: simulatedClock(), memory: emptyMemory() }
  const [first, second] = [
    await startProcess(daybook({ schema }), place),
    await startProcess(daybook({ schema }), place),
  ]
  const send = (ops: readonly unknown[], id: string) =>
    first.daybook.request({ id, type: "Transact", target: null, data: { ops: ops as never } }, { actor: "system" })
  for (const { data } of seed) await send(data["ops"] as readonly unknown[], "seed")
  const query = {
    find: [["?t", "..."]],
    where: [["?d", "Document/title", "?t"]],
    order: [["?t", "asc"]],
    minBasisT: 1,
  }
  const answers = async (who: string) =>
    Promise.all([first, second].map(({ daybook: one }) => one.query(query, { principal: who })))
  for (const [who, result] of [
    ["dave", ["Offer", "Terms"]],
    ["carol", ["Budget", "Minutes", "Offer", "Plans", "Terms"]],
  ] as const) {
    expect(await answers(who)).toEqual([
      { basisT: 1, result },
      { basisT: 1, result },
    ])
  }
  // What one has committed, the other waits for.
  const waiting = second.daybook.query({ ...query, minBasisT: 2 }, { principal: "dave" })
  await send([{ entity: "File", id: "terms", set: { title: "New terms" } }], "rename")
  expect(await waiting).toEqual({ basisT: 2, result: ["New terms", "Offer"] })
  first.kill()
  expect(await second.daybook.query(query, { principal: "dave" })).toEqual({
    basisT: 2,
    result: ["New terms", "Offer"],
  })
})

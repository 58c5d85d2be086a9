import { DatabaseSync } from "node:sqlite"
import { afterEach, expect, test } from "vitest"
import { sqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { compiled } from "../../../src/adapters/sql/compile.ts"
import { dialect, functions } from "../../../src/adapters/sqlite/datalog-dialect.ts"
import { tables } from "../../../src/adapters/sqlite/tables.ts"
import { aStore as onFile } from "./place.ts"
import { agreement } from "../sql/agreement.ts"
import { answersWhatIsKnown, someSmallQueries, staysWithin } from "../sql/hand-written.ts"

let close = () => {}
afterEach(() => close())

function aStore() {
  const store = sqliteStore({ path: ":memory:", now: () => 0 })
  close = () => store.close()
  return store
}

test("random queries are answered as the most obvious way answers them, or not at all", async () => {
  const counts = { asked: 0, answered: 0 }
  for (const seed of [1, 2, 3]) {
    const { asked, answered } = await agreement(aStore(), seed, 300)
    counts.asked += asked
    counts.answered += answered
    close()
  }
  expect(counts.answered).toBeGreaterThan(counts.asked / 2)
})

// These bring what they expect.
// oxlint-disable-next-line vitest/expect-expect
test("queries by hand are answered as is known", async () => answersWhatIsKnown(aStore()))

// oxlint-disable-next-line vitest/expect-expect
test("what takes too long or is too much is refused", async () => staysWithin(onFile()))

test("whatever leads to a fact, an index leads to its row, in the order of the clauses [QS4]", () => {
  const db = new DatabaseSync(":memory:")
  db.exec(tables)
  for (const name of Object.values(functions)) db.function(name, { varargs: true }, () => 1)
  const walked = someSmallQueries().flatMap(query => {
    const plan = compiled(query, dialect, { guarded: null, since: false })
    expect(plan).not.toBeNull()
    const steps = db.prepare(`EXPLAIN QUERY PLAN ${plan!.sql}`).all()
    return steps
      .map(step => String(step["detail"]))
      .filter(step => /SCAN [fev]\d|vals_by_value \(attribute=\?(\)| AND value[<>])/.test(step))
  })
  db.close()
  expect(walked).toEqual([])
})

import { expect, test } from "vitest"
import { prepare } from "../../../src/adapters/sqlite/driver.ts"
import { fill, tampering } from "../tampering.ts"
import { aFile, findings } from "./place.ts"

const columns = prepare<[string]>(
  aFile(":memory:").db,
  `SELECT t.name || '.' || c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'
    AND t.name NOT LIKE 'sqlite%' ORDER BY 1`,
).all()

test("nothing is found where nobody has changed anything", async () => {
  const { store } = aFile(":memory:")
  await fill(store)
  expect(await findings(store)).toEqual([])
})

test.each(columns.filter(([column]) => tampering(column) !== null))("a changed %s is found [X1]", async column => {
  const { db, store } = aFile(":memory:")
  await fill(store)
  const { changes } = db.prepare(tampering(column)!.replaceAll(`'"w"'`, "'w'")).run()
  expect(changes).toBeGreaterThan(0)
  expect(await findings(store)).not.toEqual([])
})

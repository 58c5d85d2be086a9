import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, test } from "vitest"
import { erasePerson, forgeries } from "../erasing.ts"
import { aFile, aPlace, findings } from "./place.ts"

const words = ["Penelope", "Penny", "Erasable", "pen@elope", "pen@ny"]

function bytesBeside(path: string): string {
  const folder = dirname(path)
  return readdirSync(folder)
    .map(name => readFileSync(join(folder, name), "latin1"))
    .join("")
}

test("nothing of what was erased is left in the file, nor in its write-ahead log [X19]", async () => {
  const path = aPlace()
  const { db, store } = aFile(path)
  await erasePerson(store)
  const bytes = bytesBeside(path)
  for (const word of words) expect(bytes).not.toContain(word)
  expect(bytes).toContain("Quentin II")
  // What is written next is not overwritten with zeros: that has its price.
  expect(db.prepare("PRAGMA secure_delete").get()).toEqual({ secure_delete: 0 })
})

test("a file in which something was erased is sound [X19 X1]", async () => {
  const { store } = aFile(":memory:")
  await erasePerson(store)
  expect(await findings(store)).toEqual([])
})

test.each(forgeries)("whoever changes %s by hand is found [X19 X1]", async (_what, statement) => {
  const { db, store } = aFile(":memory:")
  await erasePerson(store)
  expect(db.prepare(statement).run().changes).toBeGreaterThan(0)
  expect(await findings(store)).not.toEqual([])
})

import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, expect, test } from "vitest"
import { scalar } from "../../../src/adapters/sqlite/driver.ts"
import { applicationId, migrate } from "../../../src/adapters/sqlite/migrate.ts"
import { refusalOf } from "./place.ts"

const first = "CREATE TABLE things(id TEXT)"
const second = "ALTER TABLE things ADD COLUMN size INTEGER; CREATE INDEX things_by_size ON things(size)"
const place = { path: "daybook.db", readonly: false }
let db: DatabaseSync

beforeEach(() => {
  db = new DatabaseSync(":memory:")
})
afterEach(() => db.close())

test("a new file gets the tables of all versions, and says whose it is", () => {
  migrate(db, place, [first, second])
  expect(scalar(db, "PRAGMA user_version")).toBe(2)
  expect(scalar(db, "PRAGMA application_id")).toBe(applicationId)
  expect(scalar(db, "SELECT count(*) FROM sqlite_schema")).toBe(2)
})

test("an old file is brought to the new tables with what is in it", () => {
  migrate(db, place, [first])
  db.exec("INSERT INTO things VALUES('a')")
  migrate(db, place, [first, second])
  migrate(db, place, [first, second])
  expect(scalar(db, "PRAGMA user_version")).toBe(2)
  expect(scalar(db, "SELECT id FROM things WHERE size IS NULL")).toBe("a")
})

test("a file from before the first release is refused with what to do, and a new one begins with it", () => {
  migrate(db, place, [null, first])
  expect(scalar(db, "PRAGMA user_version")).toBe(2)
  db.exec("PRAGMA user_version = 1")
  for (const readonly of [false, true]) {
    const refusal = refusalOf(() => migrate(db, { ...place, readonly }, [null, first]))
    expect(refusal).toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/before its release \(tables 1, here 2\): export it with that one/) as string,
      facts: { version: 1, tablesVersion: 2 },
    })
  }
})

test("a step that fails leaves the file at the version before it, whole", () => {
  const broken = "ALTER TABLE things ADD COLUMN size INTEGER; INSERT INTO nowhere VALUES(1)"
  expect(refusalOf(() => migrate(db, place, [first, broken]))).toBeInstanceOf(Error)
  expect(scalar(db, "PRAGMA user_version")).toBe(1)
  migrate(db, place, [first, second])
  expect(scalar(db, "PRAGMA user_version")).toBe(2)
})

test("an old file that may only be read is refused", () => {
  migrate(db, place, [first])
  const readonly = { ...place, readonly: true }
  expect(refusalOf(() => migrate(db, readonly, [first, second]))).toMatchObject({ code: "unavailable" })
  expect(refusalOf(() => migrate(db, readonly, [first]))).toBe(null)
})

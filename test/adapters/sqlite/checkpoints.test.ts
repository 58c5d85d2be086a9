import { existsSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { setImmediate } from "node:timers/promises"
import { expect, test, vi } from "vitest"
import { checkpointsOf, type Limits } from "../../../src/adapters/sqlite/checkpoints.ts"
import { prepare, scalar } from "../../../src/adapters/sqlite/driver.ts"
import { openFile } from "../../../src/adapters/sqlite/open.ts"
import { writer } from "../../../src/testing/writes.ts"
import { aFile, aPlace } from "./place.ts"

/** A file with nothing in it but pages, so many per commit. */
function aLog(limits: Limits, carriedBy?: string) {
  const path = aPlace()
  const file = openFile({ path, readonly: false })
  file.db.exec("CREATE TABLE pages(page BLOB) STRICT")
  const add = prepare(file.db, "INSERT INTO pages VALUES(zeroblob(?))")
  const count = prepare<[number, number, number]>(file.db, "PRAGMA wal_checkpoint(NOOP)")
  const checkpoints = checkpointsOf(file.db, carriedBy ?? path, limits)
  const left = () => {
    const [, pages, carriedOver] = count.get()!
    return pages - carriedOver
  }
  const commit = (pages: number) => {
    add.run(pages * 4_096)
    checkpoints.look(8)
  }
  const close = () => {
    checkpoints.close()
    file.close()
  }
  return { ...file, checkpoints, left, commit, close }
}

test("what waits in the write-ahead log is carried over beside the commits, until the log begins anew", async () => {
  const log = aLog({ waiting: 100, waitingLong: 100, rest: 10, most: 100_000 })
  log.commit(50)
  expect(log.left()).toBeGreaterThan(50)
  log.commit(100)
  while (log.left() > 0) {
    await setImmediate()
    log.checkpoints.look(8)
  }
  log.commit(1)
  expect(log.left()).toBeLessThan(10)
  log.close()
})

test("a log that has grown for long is carried over though little waits", async () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(0)
  const log = aLog({ waiting: 10_000, waitingLong: 10, rest: 5, most: 100_000 })
  log.commit(50)
  await setImmediate()
  expect(log.left()).toBeGreaterThan(50)
  now.mockReturnValue(1_001)
  while (log.left() > 0) {
    log.checkpoints.look(8)
    await setImmediate()
  }
  now.mockRestore()
  log.commit(1)
  expect(log.left()).toBeLessThan(10)
  log.close()
})

test("few writes at rest are not looked after one by one", async () => {
  const log = aLog({ waiting: 100, waitingLong: 100, rest: 10, most: 100_000 })
  log.commit(50)
  log.db.exec("INSERT INTO pages VALUES(zeroblob(1000000))")
  for (let i = 0; i < 7; i++) log.checkpoints.look(1)
  await setImmediate()
  expect(log.left()).toBeGreaterThan(250)
  while (log.left() > 0) {
    log.checkpoints.look(1)
    await setImmediate()
  }
  log.close()
})

test("with far too much in the write-ahead log the next commit waits for what carries it over", () => {
  const log = aLog({ waiting: 10, waitingLong: 10, rest: 0, most: 20 })
  log.commit(500)
  expect(log.left()).toBeGreaterThan(500)
  log.checkpoints.look(8)
  expect(log.left()).toBe(0)
  log.close()
})

test("a file that is closed while the write-ahead log is carried over is whole, and alone", () => {
  const log = aLog({ waiting: 10, waitingLong: 10, rest: 0, most: 100_000 })
  for (let i = 0; i < 20; i++) log.commit(200)
  log.close()
  expect(existsSync(`${log.path}-wal`)).toBe(false)
  const db = new DatabaseSync(log.path)
  expect(scalar(db, "SELECT count(*) FROM pages")).toBe(20)
  expect(scalar(db, "PRAGMA integrity_check")).toBe("ok")
  db.close()
})

test("without the thread that carries over, whoever commits does it", async () => {
  const log = aLog({ waiting: 10, waitingLong: 10, rest: 0, most: 20 }, "/nowhere/at/all")
  log.commit(30)
  while (log.left() > 0) {
    log.checkpoints.look(8)
    await setImmediate()
  }
  log.commit(1)
  expect(log.left()).toBeLessThan(10)
  log.close()
})

test("a store's log does not grow with what is written", async () => {
  const { store, db, path } = aFile()
  const write = writer()
  const text = "x".repeat(2_000_000)
  const pages = () => prepare<[number, number, number]>(db, "PRAGMA wal_checkpoint(NOOP)").get()![1]
  for (let most = 0, i = 0; pages() >= most || i < 30; i++) {
    most = Math.max(most, pages())
    store.commit([write.put("a", { text, i })])
    await setImmediate()
  }
  store.close()
  expect(existsSync(`${path}-wal`)).toBe(false)
})

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { expect, test } from "vitest"
import { checkVersion } from "../../../src/adapters/sqlite/open.ts"
import { scalar } from "../../../src/adapters/sqlite/driver.ts"
import { applicationId, tablesVersion } from "../../../src/adapters/sqlite/migrate.ts"
import { writer } from "../../../src/testing/writes.ts"
import { aFile, aPlace, aStore, refusalOf } from "./place.ts"

test("a file is opened so that what is answered is on the disk [N9]", () => {
  const { db } = aFile()
  expect(scalar(db, "PRAGMA journal_mode")).toBe("wal")
  expect(scalar(db, "PRAGMA synchronous")).toBe(2)
  expect(scalar(db, "PRAGMA application_id")).toBe(applicationId)
  expect(scalar(db, "PRAGMA user_version")).toBe(tablesVersion)
})

test("a second owner is told which process has the file", () => {
  const path = aPlace()
  const first = aStore({ path })
  expect(refusalOf(() => aStore({ path }))).toMatchObject({
    code: "unavailable",
    message: `The file ${path} is in use by this very process: only one may write it at a time`,
    facts: { path, pid: process.pid },
  })
  first.close()
  expect(aStore({ path }).basis()).toBe(0)
})

test("an owner that is killed leaves the file to the next one, with all it was answered [N9]", async () => {
  const path = aPlace()
  const src = new URL("../../../src/", import.meta.url).href
  const program = `
    import { sqliteStore } from "${src}adapters/sqlite/index.ts"
    import { writer } from "${src}testing/writes.ts"
    const store = sqliteStore({ path: ${JSON.stringify(path)} })
    process.stdout.write(String(store.commit([writer().put("a", { name: "x" })])[0].t))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const [said] = (await once(child.stdout, "data")) as [Buffer]
  expect(said.toString()).toBe("1")
  expect(refusalOf(() => aStore({ path }))).toMatchObject({ facts: { pid: child.pid } })
  expect(aStore({ path, readonly: true }).basis()).toBe(1)

  child.kill("SIGKILL")
  await once(child, "exit")
  expect(aStore({ path }).entities.holders("Thing/name", "x")).toEqual(["a"])
})

test("a reader sees what the owner commits, and writes nothing", () => {
  const path = aPlace()
  const write = writer()
  const owner = aStore({ path })
  const reader = aStore({ path, readonly: true })
  owner.commit([write.put("a", { name: "x" })])
  expect(reader.basis()).toBe(1)
  expect(reader.entities.at("a", 1)).toMatchObject({ document: { name: "x" } })
  owner.commit([write.put("a", { name: "y" })])
  expect(reader.log.read(0, 10)).toMatchObject({ reached: 2, isEnd: true })
  expect(reader.entities.holders("Thing/name", "y")).toEqual(["a"])
  expect(refusalOf(() => reader.commit([write.put("b", {})]))).toMatchObject({ code: "unavailable" })
})

test("a file on a medium that nobody can write can be read", () => {
  const path = aPlace()
  const owner = aStore({ path })
  owner.commit([writer().put("a", { name: "x" })])
  owner.close()
  // Where the file that readers share should be there is something else, so it can be neither made nor opened.
  mkdirSync(`${path}-shm`)
  expect(aStore({ path, readonly: true }).basis()).toBe(1)
})

test("a file of a newer Daybook is refused with both versions", () => {
  const path = aPlace()
  const { db, close } = aFile(path)
  db.exec("PRAGMA user_version = 99")
  close()
  const refusal = { code: "unavailable", facts: { path, version: 99, tablesVersion } }
  expect(refusalOf(() => aStore({ path }))).toMatchObject(refusal)
  expect(refusalOf(() => aStore({ path, readonly: true }))).toMatchObject(refusal)
})

test("the database of another program is refused and left as it is", () => {
  const path = aPlace()
  const other = new DatabaseSync(path)
  other.exec("CREATE TABLE theirs(x)")
  other.close()
  expect(refusalOf(() => aStore({ path }))).toMatchObject({
    code: "unavailable",
    message: `The file ${path} belongs to another program, not to a daybook: name another`,
  })
  const again = new DatabaseSync(path)
  expect(scalar(again, "SELECT group_concat(name) FROM sqlite_schema")).toBe("theirs")
  again.close()
})

test.each([
  ["a file that is not SQLite", "hello ".repeat(1_000)],
  ["a short file that is not SQLite", "hello"],
])("%s is refused", (_, text) => {
  const path = aPlace()
  writeFileSync(path, text)
  expect(refusalOf(() => aStore({ path }))).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("is not a daybook") as string,
  })
})

test("a folder that is not there, and a file that is not there to read, are refused with the path", () => {
  const path = join(dirname(aPlace()), "not", "there.db")
  const refusal = { code: "unavailable", facts: { path } }
  expect(refusalOf(() => aStore({ path }))).toMatchObject(refusal)
  expect(refusalOf(() => aStore({ path, readonly: true }))).toMatchObject(refusal)
})

test("a file that was cut off is refused when what is missing is touched", () => {
  const path = aPlace()
  const write = writer()
  const store = aStore({ path })
  for (let i = 0; i < 20; i++) store.commit([write.put(`thing-${i}`, { text: "x".repeat(10_000) })])
  store.close()
  truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096)
  const refusal = refusalOf(() => {
    const cut = aStore({ path })
    for (let i = 0; i < 20; i++) void cut.entities.at(`thing-${i}`, 20)
  })
  expect(refusal).toMatchObject({ code: "unavailable", message: expect.stringContaining("is damaged") as string })
})

test("a SQLite that is too old is refused by its version", () => {
  for (const version of ["3.51.3", "3.51.10", "3.53.0", "4.0.0"])
    expect(refusalOf(() => checkVersion(version))).toBe(null)
  for (const version of ["3.51.2", "3.50.9", "3.9.99", "2.99.99"]) {
    expect(refusalOf(() => checkVersion(version))).toMatchObject({ code: "unavailable", facts: { version } })
  }
})

import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as pause } from "node:timers/promises"
import { beforeAll, describe, expect, test } from "vitest"
import { folder, library, run, serve } from "./world.ts"

const dir = folder()
const good = join(dir, "good")
let count = 0

const slip = (id: string, text = id) => ({ entity: "Slip", id, set: { text } })
const book = (i: number) => ({
  entity: "Book",
  id: `b${i}`,
  set: { title: `T${i}`, shelf: `S${i}`, branch: { set: { code: `C${i}` } } },
})

beforeAll(async () => {
  const server = await serve([library, "--data", good])
  for (let i = 1; i <= 8; i++) {
    await server.command({ id: `c${i}`, type: "Transact", data: { ops: [book(i)] } })
  }
  await server.transact({ entity: "Book", id: "b1", set: { title: "new", summary: "not looked up" } })
  await server.transact({ retract: "b2" })
  await server.transact({ entity: "Book", id: "b3", set: { pages: 5 } })
  await server.stop()
})

/** A copy of the daybook, changed behind its back. */
function changed(...statements: string[]): string {
  const data = join(dir, `changed-${count++}`)
  cpSync(good, data, { recursive: true })
  const db = new DatabaseSync(join(data, "daybook.sqlite"))
  for (const sql of statements) db.exec(sql)
  db.close()
  return data
}

const verify = (data: string, ...rest: string[]) => run(["verify", "--data", data, ...rest])

describe("whatever is changed behind its back, verify finds and names [N3]", () => {
  test("and in what was left alone it finds nothing", async () => {
    expect(await verify(good)).toEqual({
      code: 0,
      out: expect.stringMatching(/^clean: 11 transactions, chain [0-9a-f]{64}\n$/),
      err: "",
    })
    const { out } = await verify(good, "--json", "--app", library)
    expect(JSON.parse(out)).toMatchObject({ clean: true, transactions: 11, findings: [] })
  })

  test.each([
    [
      "an event says something else",
      ["UPDATE events SET data = replace(data, 'T3', 'T4') WHERE pos / 4096 = 3"],
      /chain: Transaction 3 /,
    ],
    [
      "a transaction is gone",
      ["UPDATE commands SET hash = null WHERE n = 5", "DELETE FROM events WHERE pos / 4096 = 5"],
      /Transaction 6 comes after 4/,
    ],
    [
      "the end of the log is gone",
      [
        "UPDATE commands SET hash = null WHERE n = 11",
        "DELETE FROM events WHERE pos / 4096 = 11",
        "DELETE FROM versions WHERE pos / 4096 = 11",
      ],
      /transaction 11, which is gone/,
    ],
    ["a hash is another", ["UPDATE commands SET hash = zeroblob(32) WHERE n = 4"], /Transaction 4 .*hash/],
    [
      "a document says something else",
      ["UPDATE versions SET document = replace(document, 'T5', 'T6')"],
      /rebuild: Book b5 .* at t 5/,
    ],
    [
      "a value is there that is not looked up",
      ["DELETE FROM vals WHERE value = 'S4'"],
      /b4 has the value "S4" of Book\/shelf/,
    ],
  ])("%s", async (_what, statements, place) => {
    const { code, out, err } = await verify(changed(...statements))
    expect(out).toMatch(place)
    expect([code, err]).toEqual([1, ""])
  })
})

/** A file in a folder of its own, as the daybook of that folder. */
function placed(write: (path: string) => void): string {
  const data = join(dir, `placed-${count++}`)
  mkdirSync(data)
  write(join(data, "daybook.sqlite"))
  return data
}

const filled = (at: (pages: number) => number, pages: number) => (path: string) => {
  copyFileSync(join(good, "daybook.sqlite"), path)
  const file = openSync(path, "r+")
  writeSync(file, Buffer.alloc(4_096 * pages, 0x5a), 0, 4_096 * pages, 4_096 * at(statSync(path).size / 4_096))
  closeSync(file)
}

describe("a file that cannot be served is refused with a sentence, and left as it is", () => {
  const foreign = (path: string) => {
    const db = new DatabaseSync(path)
    db.exec("CREATE TABLE notes(a); INSERT INTO notes VALUES('mine')")
    db.close()
  }
  const pragma = (text: string) => (path: string) => {
    copyFileSync(join(good, "daybook.sqlite"), path)
    const db = new DatabaseSync(path)
    db.exec(text)
    db.close()
  }
  test.each([
    ["of a newer version", pragma("PRAGMA user_version = 99"), /newer Daybook/],
    ["of another program", foreign, /another program/],
    [
      "that is a text",
      (path: string) => writeFileSync(path, "not a database at all\n".repeat(100)),
      /is not a daybook/,
    ],
    [
      "that is cut off",
      (path: string) => {
        copyFileSync(join(good, "daybook.sqlite"), path)
        truncateSync(path, 5_000)
      },
      /damaged/,
    ],
    ["that lacks a table", pragma("DROP TABLE timers"), /damaged.*timers/],
  ])("%s", async (_what, write, sentence) => {
    const data = placed(write)
    const before = snapshotOf(data)
    for (const words of [["serve", library, "--dev", "--port", "0"], ["verify"]]) {
      const { code, out, err } = await run([...words, "--data", data])
      expect([words[0], code, out]).toEqual([words[0], 1, ""])
      expect(err).toMatch(sentence)
      expect(err).toContain(data)
      expect(err).not.toMatch(/ {4}at |\.ts:\d/)
    }
    expect(snapshotOf(data)).toEqual(before)
  })

  test("pages that are damaged in the middle are found, or the whole is refused", async () => {
    const data = placed(filled(pages => Math.floor(pages / 2), 3))
    const { code, out, err } = await verify(data)
    expect([code, `${out}${err}`]).toEqual([1, expect.stringMatching(/^file: .*(?:cannot be read|page)|is damaged/m)])
    expect(`${out}${err}`).not.toMatch(/ {4}at /)
  })
})

describe("backup", () => {
  test("is one moment of a daybook that goes on being written, and can be served itself [N9]", async () => {
    const data = join(dir, "busy")
    const server = await serve([library, "--data", data])
    const over = new AbortController()
    const acknowledged: string[] = []
    const load = Array.from({ length: 8 }, async (_, w) => {
      for (let i = 0; !over.signal.aborted; i++) {
        const { status } = await server.transact(slip(`${w}-${i}`))
        if (status === 200) acknowledged.push(`${w}-${i}`)
      }
    })
    await pause(200)
    const before = [...acknowledged]
    const copy = join(dir, "copy")
    mkdirSync(copy)
    const file = join(copy, "daybook.sqlite")
    expect(await run(["backup", file, "--data", data])).toMatchObject({ code: 0, err: "" })
    over.abort()
    await Promise.all(load)
    const again = await run(["backup", file, "--data", data])
    expect([again.code === 0, again.err]).toEqual([false, expect.stringContaining(file)])
    await server.stop()

    expect((await verify(copy)).out).toContain("clean")
    const kept = (await run(["export", "--data", copy])).out
    expect((await run(["export", "--data", data])).out.startsWith(kept)).toBe(true)
    for (const id of before) expect(kept).toContain(`"id":"${id}"`)
    const restored = await serve([library, "--data", copy])
    expect((await restored.transact(slip("after"))).status).toBe(200)
    await restored.stop()
  })

  test("of nothing, or to where nothing can be, is refused and leaves nothing", async () => {
    const nowhere = await run(["backup", join(dir, "x.sqlite"), "--data", join(dir, "nothing-here")])
    expect([nowhere.code, existsSync(join(dir, "x.sqlite"))]).toEqual([2, false])
    const target = join(dir, "no/such/folder/x.sqlite")
    const lost = await run(["backup", target, "--data", good])
    expect([lost.code === 0, lost.err]).toEqual([false, expect.stringContaining("no/such/folder")])
    expect(lost.err).not.toMatch(/ {4}at /)
  })
})

/** Every file of a folder that is not a lock, byte for byte. */
function snapshotOf(data: string): readonly (readonly [string, string])[] {
  return readdirSync(data, { withFileTypes: true })
    .filter(entry => entry.isFile() && !/-(?:owner|wal|shm)/.test(entry.name))
    .map(entry => [entry.name, readFileSync(join(data, entry.name)).toString("base64")] as const)
}

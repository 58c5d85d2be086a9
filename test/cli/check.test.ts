import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { daybook, folder } from "./binary.ts"

/** A schema in a file of its own. */
function schemaFile(dir: string, version: number, attributes: object): string {
  const path = join(dir, `books-${version}.json`)
  writeFileSync(path, JSON.stringify({ daybook: 1, name: "books", version, entities: { Book: { attributes } } }))
  return path
}

const event = (n: number, set: object) => ({
  id: `event-${n}`,
  type: "EntityCreated",
  stream: { type: "Book", id: `book-${n}`, version: 1 },
  t: n,
  n: 0,
  at: "2030-01-01T00:00:00.000Z",
  data: {
    attributes: Object.fromEntries(
      Object.entries(set).map(([name, value]) => [name, { old: null, new: value as string }]),
    ),
  },
  rejection: false,
  causedBy: { type: "Transact", id: `command-${n}` },
  correlationId: `command-${n}`,
  actor: "system",
  schemaVersion: 1,
})

test("what a new version of a schema would break is listed, and nothing is changed [L49 L51]", async () => {
  const dir = folder()
  const data = join(dir, "data")
  const title = { type: "string" }
  const first = schemaFile(dir, 1, { title })
  const file = join(dir, "books.jsonl")
  writeFileSync(
    file,
    [event(1, { title: "Alpha" }), event(2, { title: "Alpha" })].map(e => JSON.stringify(e)).join("\n"),
  )
  expect(await daybook(["import", file, "--app", first, "--data", data])).toMatchObject({ code: 0 })
  expect(await daybook(["check", first, "--data", data])).toMatchObject({ code: 0, out: "fits: nothing changes\n" })

  const indexed = schemaFile(dir, 2, { title: { ...title, index: true } })
  const fits = await daybook(["check", indexed, "--data", data])
  expect(fits).toMatchObject({
    code: 0,
    out: "to be made ready before it is served: Book/title\nfits: version 1 becomes 2\n",
  })

  const pages = { type: "integer", required: true }
  const broken = schemaFile(dir, 3, { title: { ...title, unique: "value" }, pages })
  const listed = await daybook(["check", broken, "--data", data])
  expect(listed.code).toBe(1)
  expect(listed.out).toContain(
    "/entities/Book/attributes/title: Book/title must be unique: 1 stored entity is against it",
  )
  expect(listed.out).toContain("Book/pages must have a value: 2 stored entities are against it (book-1, book-2)")
  expect(listed.out).toContain("does not fit: 2 faults")
  const altering = JSON.parse((await daybook(["check", broken, "--data", data, "--alter", "--json"])).out) as object
  expect(altering).toMatchObject({
    fits: false,
    from: 1,
    to: 3,
    faults: [{ code: "unique" }],
    unwritable: [{ code: "required" }],
  })

  const served = await daybook(["rebuild", "--app", broken, "--data", data])
  expect(served.code).toBe(2)
  expect(served.err).toContain("Version 3 of the schema does not fit what is stored under version 1: mend the data")
  expect(await daybook(["check", first, "--data", data])).toMatchObject({ code: 0 })
})

test("an app on the daybook of another one is told whose it is, and a folder stands for the app in it", async () => {
  const dir = folder()
  const data = join(dir, "data")
  writeFileSync(join(dir, "one.jsonl"), JSON.stringify(event(1, { title: "Alpha" })))
  const books = schemaFile(dir, 1, { title: { type: "string" } })
  expect(await daybook(["import", join(dir, "one.jsonl"), "--app", books, "--data", data])).toMatchObject({ code: 0 })
  writeFileSync(join(dir, "schema.json"), JSON.stringify({ daybook: 1, name: "pens", version: 1, entities: {} }))

  const other = await daybook(["rebuild", "--app", dir, "--data", data])
  expect(other.code).toBe(2)
  expect(other.err).toContain('this is a daybook of "books", not of "pens"; keep yours elsewhere, with --data')
})

test("that the end of a log was taken away is found by who has noted how far it went", async () => {
  const dir = folder()
  const [data, file] = [join(dir, "data"), join(dir, "log.jsonl")]
  const books = schemaFile(dir, 1, { title: { type: "string" } })
  writeFileSync(file, [1, 2].map(n => JSON.stringify(event(n, { title: `Title ${n}` }))).join("\n"))
  await daybook(["import", file, "--app", books, "--data", data])
  const { out } = await daybook(["verify", "--data", data])
  const [, t, hash] = /^clean: (\d+) transactions, chain (\w+)\n$/.exec(out)!
  const noted = async (of: string, at = data) => daybook(["verify", "--data", at, "--noted", of])
  expect(await noted(`${t}:${hash}`)).toMatchObject({ code: 0, out })

  writeFileSync(file, JSON.stringify(event(1, { title: "Title 1" })))
  await daybook(["import", file, "--app", books, "--data", join(dir, "short")])
  const shorter = await noted(`${t}:${hash}`, join(dir, "short"))
  expect(shorter).toMatchObject({ code: 1, out: `chain: Transaction 2 is gone: it was noted with the hash ${hash}\n` })
  expect((await noted(`1:${hash}`)).out).toMatch(/^chain: Transaction 1 is another one: /)
  expect(await noted("2:abc")).toMatchObject({ code: 2 })
})

import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { fileTransport, letter, upload } from "./files.ts"

const message = { to: "Ann Lee, 1 Main Street, Springfield", subject: "Your appointment", text: "Dear Ann," }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "files-"))
})
afterAll(() => rm(folder, { recursive: true }))

test("a letter is plain text with the address on top [L20]", async () => {
  const { id } = await fileTransport(join(folder, "letters"), letter).send(message, { key: "ann" })
  expect(await readFile(id!, "utf8")).toBe("Ann Lee\n1 Main Street\nSpringfield\n\n\nYour appointment\n\nDear Ann,\n")
})

test("an upload is the whole message, for a program to read [L20]", async () => {
  const { id } = await fileTransport(join(folder, "portal"), upload).send(message, { key: "ann" })
  expect(JSON.parse(await readFile(id!, "utf8"))).toEqual(message)
})

test("a file that a crash cut short does not count as sent, and is written again [L18]", async () => {
  const cut = join(folder, "cut")
  const transport = fileTransport(cut, letter)
  await mkdir(cut)
  await writeFile(join(cut, "ann.letter.txt.part"), "Ann Lee\n1 Mai")
  expect(await transport.status("ann")).toBeNull()
  await transport.send(message, { key: "ann" })
  expect(await readdir(cut)).toEqual(["ann.letter.txt"])
})

test("a key cannot lead out of the folder [L20]", async () => {
  const inside = join(folder, "inside")
  await fileTransport(inside, letter).send(message, { key: "../../escape" })
  expect(await readdir(inside)).toHaveLength(1)
})

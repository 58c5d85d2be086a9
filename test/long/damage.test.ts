import { closeSync, cpSync, openSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { folder, library, run, serve } from "../journeys/world.ts"

const dir = folder()
const good = join(dir, "good")

beforeAll(async () => {
  const server = await serve([library, "--data", good])
  for (let i = 0; i < 60; i++) {
    const set = { title: `T${i}`, shelf: `S${i}`, tags: ["x".repeat(400)], branch: { set: { code: `C${i}` } } }
    await server.transact({ entity: "Book", id: `b${i}`, set })
  }
  await server.stop()
})

test("each page of a file, one at a time: no damage is called clean, and none ends in a stack [N3]", async () => {
  const pages = statSync(join(good, "daybook.sqlite")).size / 4_096
  const [clean, refusals]: [number[], string[]] = [[], []]
  for (let page = 0; page < pages; page++) {
    const data = join(dir, `page-${page}`)
    cpSync(good, data, { recursive: true })
    const file = openSync(join(data, "daybook.sqlite"), "r+")
    writeSync(file, Buffer.alloc(4_096, 0x5a), 0, 4_096, page * 4_096)
    closeSync(file)
    const { code, out, err } = await run(["verify", "--data", data])
    if (code === 0) clean.push(page)
    expect([page, /clean/.test(out), / {4}at /.test(out + err)]).toEqual([page, code === 0, false])
    const server = await serve([library, "--data", data]).catch((error: Error) => error)
    refusals.push(server instanceof Error ? server.message : "daybook.sqlite")
    if (server instanceof Error) continue
    // What it can serve it serves, and what it cannot it says. It never goes down with it.
    for (let i = 0; i < 60; i += 20) {
      const { status } = await server.ask(`/streams/Book/b${i}`)
      expect([200, 404, 503]).toContain(status)
    }
    expect((await server.ask("/health")).status).toBe(200)
    await server.stop()
  }
  expect(clean).toEqual([])
  expect(refusals.filter(said => !said.includes("daybook.sqlite"))).toEqual([])
}, 600_000)

import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { folder, serve, until, workshop, type Served } from "./world.ts"

const dir = folder()
const broken = join(dir, "broken")
let server: Served
beforeAll(async () => {
  server = await serve([workshop, "--data", join(dir, "data")], { env: { WORKSHOP_BROKEN: broken } })
})
afterAll(() => server.stop())

const fire = (id: string) =>
  server.command({ id: `fire-${id}`, type: "Fire", target: { type: "Kiln", id }, data: { ms: 0 } })
const letters = () => server.ask("/dead-letters")
const post = (path: string) => server.ask(path, { method: "POST" })

test("what cannot be delivered becomes a dead letter with every attempt; others are not held up [A32 L19 HA7]", async () => {
  writeFileSync(broken, "")
  await fire("k1")
  const { body } = await until(letters, ({ body }) => body.items.some(i => i.state === "dead"))
  expect(body.items).toHaveLength(1)
  const [letter] = body.items
  expect(letter).toMatchObject({
    consumer: expect.stringContaining("tell"),
    state: "dead",
    error: expect.stringContaining("Nobody answers about k1"),
    event: { type: "KilnFired", stream: { id: "k1" } },
  })
  expect(letter!.attempts).toHaveLength(2)
  for (const { at, error } of letter!.attempts) {
    expect(new Date(at).toISOString()).toBe(at)
    expect(error).toContain("Nobody answers")
    expect(error).not.toContain(".ts:")
  }
  // Everything else goes on.
  expect(
    (await server.command({ type: "PlacePiece", target: { type: "Piece", id: "p" }, data: { glaze: "x", grams: 1 } }))
      .status,
  ).toBe(200)
  expect((await server.ask("/projections/by-glaze/rows?keys=x&minT=3")).body.items[0]!.row).toEqual({ pieces: ["p"] })
})

test("redriven while it is still broken it comes back, with more attempts; once that is mended it is gone [A32 HA7]", async () => {
  const { id } = (await letters()).body.items[0]!
  expect((await post(`/dead-letters/${encodeURIComponent(id)}/redrive`)).status).toBe(200)
  await until(letters, ({ body }) => (body.items[0]?.attempts.length ?? 0) > 2 && body.items[0]!.state === "dead")
  rmSync(broken)
  expect((await post(`/dead-letters/${encodeURIComponent(id)}/redrive`)).status).toBe(200)
  await until(letters, ({ body }) => body.items.length === 0)
})

test("a letter that is dropped is gone for good, also after a restart [A32]", async () => {
  writeFileSync(broken, "")
  for (const id of ["k2", "k3"]) await fire(id)
  const { body } = await until(letters, ({ body }) => body.items.filter(i => i.state === "dead").length === 2)
  const first = body.items[0]!.id
  expect((await post(`/dead-letters/${encodeURIComponent(first)}/drop`)).status).toBe(200)
  expect((await letters()).body.items.map(i => i.id)).toEqual([body.items[1]!.id])
  expect((await post(`/dead-letters/${encodeURIComponent(first)}/drop`)).status).toBe(404)
  await server.stop()
  server = await serve([workshop, "--data", join(dir, "data")], { env: { WORKSHOP_BROKEN: broken } })
  expect((await letters()).body.items.map(i => i.id)).toEqual([body.items[1]!.id])
  for (const bad of ["nothing", "tell:1", "tell:x:y", "%00", "tell:1:0:0"]) {
    expect([bad, (await post(`/dead-letters/${bad}/redrive`)).status >= 400]).toEqual([bad, true])
    expect((await post(`/dead-letters/${bad}/redrive`)).status).toBeLessThan(500)
  }
})

test("a command that is at its end is not aborted; one that is not there is not found [HA3]", async () => {
  expect((await post("/commands/fire-k1/abort")).body).toMatchObject({ id: "fire-k1", state: "succeeded" })
  expect((await post("/commands/nobody/abort")).status).toBe(404)
  expect((await server.ask("/commands/nobody")).body.code).toBe("not-found")
})

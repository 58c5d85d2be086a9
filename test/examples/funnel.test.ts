import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { pageBeside } from "./page.ts"

let outbox: string

const { steps, typing } = pageBeside(new URL("../../examples/funnel/", import.meta.url), async () => {
  outbox = await mkdtemp(join(tmpdir(), "outbox-"))
  // Nothing but what the page names: whatever mail server this machine knows is not meant.
  return { PATH: process.env["PATH"], OUTBOX: outbox }
})

afterAll(async () => rm(outbox, { recursive: true }))

test("the page says what to type, and what comes of it [N59]", () => {
  expect(steps).toHaveLength(11)
})

test.each(steps)("step %$ of the page is answered as the page says [W4 W12 W14 N59]", async step => {
  // What is read follows what is written a moment later.
  await expect.poll(typing(step), { timeout: 5_000 }).toMatchObject(step.answer)
})

test("by then three letters lie in the outbox [W4 W17]", async () => {
  await expect.poll(async () => (await readdir(outbox)).length, { timeout: 5_000 }).toBe(3)
})

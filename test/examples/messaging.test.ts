import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { pageBeside } from "./page.ts"

let outbox: string

const { steps, typing } = pageBeside(new URL("../../examples/messaging/", import.meta.url), async () => {
  outbox = await mkdtemp(join(tmpdir(), "outbox-"))
  // Nothing but what the page names: whatever services this machine knows are not meant.
  return { PATH: process.env["PATH"], OUTBOX: outbox }
})

afterAll(async () => rm(outbox, { recursive: true }))

test("the page says what to type, and what comes of it [L14]", () => {
  expect(steps).toHaveLength(6)
})

test.each(steps)("step %$ of the page is answered as the page says [L14 L15 L16 L19]", async step => {
  // What is read follows what is written a moment later.
  await expect.poll(typing(step), { timeout: 5_000 }).toMatchObject(step.answer)
})

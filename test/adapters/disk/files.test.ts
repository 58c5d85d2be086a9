import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { diskFiles } from "../../../src/adapters/disk/files.ts"
import { limits } from "../../../src/kernel/limits.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { fileContract } from "../../../src/testing/file-contract.ts"
import { seededIds } from "../../../src/testing/ids.ts"

fileContract("the disk", async parts => {
  const folder = mkdtempSync(join(tmpdir(), "daybook-files-"))
  const open = () => diskFiles({ folder, ...parts })
  return { files: await open(), reopen: open, close: async () => rmSync(folder, { recursive: true }) }
})

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "daybook-files-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test("a file of 50 MB goes through without being in memory [L80 HA6]", async () => {
  const files = await diskFiles({ folder: aFolder(), clock: simulatedClock(), ids: seededIds() })
  const chunk = Buffer.alloc(65_536, 7)
  const [before, count] = [process.memoryUsage(), limits.uploadBytesMax / chunk.length]
  let most = 0
  async function* bytes() {
    for (let i = 0; i < count; i++) {
      const { external, heapUsed } = process.memoryUsage()
      most = Math.max(most, external + heapUsed - before.external - before.heapUsed)
      yield chunk
    }
  }
  const { file, size } = await files.take(bytes(), "application/octet-stream")
  let read = 0
  for await (const part of (await files.read(file))!.bytes) read += part.length
  expect([size, read]).toEqual([52_428_800, 52_428_800])
  expect(most).toBeLessThan(20_000_000)
})

test("what a killed process left of an upload is gone at the next start [HA6]", async () => {
  const folder = aFolder()
  await mkdir(join(folder, "incoming/half"), { recursive: true })
  writeFileSync(join(folder, "incoming/half/content"), "half")
  await diskFiles({ folder, clock: simulatedClock(), ids: seededIds() })
  expect(readdirSync(join(folder, "incoming"))).toEqual([])
})

test("a disk that does not take a file is unavailable [L80]", async () => {
  const folder = aFolder()
  const files = await diskFiles({ folder, clock: simulatedClock(), ids: seededIds() })
  const { file } = await files.take((async function* () {})(), "text/plain")
  rmSync(join(folder, "kept"), { recursive: true })
  await expect(files.keep([file])).rejects.toMatchObject({ code: "unavailable" })
  rmSync(join(folder, "incoming"), { recursive: true })
  await expect(files.take((async function* () {})(), "text/plain")).rejects.toMatchObject({ code: "unavailable" })
})

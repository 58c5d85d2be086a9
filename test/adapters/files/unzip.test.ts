import { createHash } from "node:crypto"
import { constants, gunzipSync, gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { bounds } from "../../../src/adapters/files/bounds.ts"
import { read, xes } from "./fixtures.ts"

// Names that do not repeat keep the gzip long, so that a cut has many places to be in.
const activities = Array.from({ length: 4_000 }, (_, i) => createHash("sha256").update(`${i}`).digest("hex"))
const whole = xes(activities)
const zipped = gzipSync(whole)

test("A gzip that is cut anywhere is read up to the last event that can be unzipped", async () => {
  for (let cut = 4_000; cut < zipped.length; cut += 7_919) {
    const start = zipped.subarray(0, cut)
    const readable = gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).toString()
    const { lines, error } = await read("log.xes.gz", start)
    expect(error?.reason).toBe("the gzip is cut off before its end")
    expect(error?.line).toBeGreaterThanOrEqual(lines.length)
    expect(lines.length).toBe(readable.split("</event>").length - 1)
  }
})

test("A gzip that lacks nothing but its checksum is cut off, too, though every line is read", async () => {
  const { lines, error } = await read("log.xes.gz", zipped.subarray(0, -1))
  expect(lines).toHaveLength(activities.length)
  expect(error?.reason).toBe("the gzip is cut off before its end")
})

test("A gzip that is damaged within is read up to near the damage, and not to the end", async () => {
  for (const part of [0.3, 0.5, 0.9]) {
    const damaged = Buffer.from(zipped)
    const at = Math.floor(zipped.length * part)
    damaged.fill(0xff, at, at + 100)
    const { lines, error } = await read("log.xes.gz", damaged)

    // Damage may unzip to some nonsense first, which is then no XML.
    expect(error?.reason).toMatch(/^the (gzip is damaged|XML is malformed)/)
    const good = Math.floor(activities.length * (part - 0.1))
    expect(lines.slice(0, good).map(line => line.activity)).toEqual(activities.slice(0, good))
    expect(lines.length).toBeLessThan(activities.length * (part + 0.1))
  }
})

test("A gzip whose checksum is wrong is damaged", async () => {
  const damaged = Buffer.from(zipped)
  damaged[damaged.length - 8]! ^= 1
  const { error } = await read("log.xes.gz", damaged)
  expect(error?.reason).toMatch(/^the gzip is damaged/)
})

test("A gzip of several members is one content", async () => {
  const halves = [whole.slice(0, 50_000), whole.slice(50_000)].map(half => gzipSync(half))
  const { lines, error } = await read("log.xes.gz", Buffer.concat(halves))
  expect(error).toBeNull()
  expect(lines).toHaveLength(activities.length)
})

test("A gzip of several members may end each of them where a chunk of the file ends", async () => {
  const stored = (text: string) => gzipSync(text, { level: 0 })
  const overhead = stored(whole.slice(0, 4_000)).length - 4_000
  const length = bounds.zippedChunkBytesMax - overhead
  const members = []
  for (let from = 0; from < whole.length; from += length) members.push(stored(whole.slice(from, from + length)))
  expect(members[0]).toHaveLength(bounds.zippedChunkBytesMax)

  const { lines, error } = await read("log.xes.gz", Buffer.concat(members))
  expect(error).toBeNull()
  expect(lines).toHaveLength(activities.length)
})

test("Padding behind a gzip is left alone", async () => {
  for (const padding of [1, 512, 100_000]) {
    const { lines, error } = await read("log.xes.gz", Buffer.concat([zipped, Buffer.alloc(padding)]))
    expect(error).toBeNull()
    expect(lines).toHaveLength(activities.length)
  }
})

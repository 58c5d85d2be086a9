import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { daybook, folder, start } from "./binary.ts"

/** A log of so many lines: cases of ten lines each, all at once. */
function log(lines: number): string {
  const rows = Array.from({ length: lines }, (_, i) => {
    const at = new Date(Date.UTC(2011, 9, 1) + i * 60_000).toISOString()
    return `case-${i % (lines / 10)},step ${Math.floor((10 * i) / lines)},${at},clerk ${i % 7}`
  })
  return `case,activity,time,resource\n${rows.join("\n")}\n`
}

/** Watches a file that another process writes, until so many transactions are in it. */
async function until(transactions: number, data: string, writer: ChildProcess): Promise<void> {
  for (;;) {
    if (writer.exitCode !== null) throw new Error("It ended before it had written that many")
    if (basisOf(data) >= transactions) return
    await setTimeout(5)
  }
}

function basisOf(data: string): number {
  try {
    const store = sqliteStore({ path: join(data, "daybook.sqlite"), readonly: true })
    const basis = store.basis()
    store.close()
    return basis
  } catch {
    // Its tables are not there yet.
    return 0
  }
}

test("an import that is killed goes on where it was, and nothing is there twice [W31]", async () => {
  const dir = folder()
  const [file, data] = [join(dir, "office.csv.gz"), join(dir, "data")]
  const lines = 12_000
  writeFileSync(file, gzipSync(log(lines)))
  const killed = start(["import", file, "--data", data])
  const exit = once(killed, "exit")
  await until(2_000, data, killed)
  killed.kill("SIGKILL")
  expect(await exit).toEqual([null, "SIGKILL"])
  const kept = basisOf(data)
  expect(kept).toBeLessThan(lines)

  const summary = await daybook(["import", file, "--data", data, "--json"])
  expect({ code: summary.code, ...JSON.parse(summary.out) }).toMatchObject({ code: 0, lines, commands: lines - kept })
  const streams = await daybook(["streams", "Case", "--data", data, "--json"])
  const versions = streams.out
    .trim()
    .split("\n")
    .map(line => (JSON.parse(line) as { version: number }).version)
  expect(versions).toEqual(Array.from({ length: lines / 10 }, () => 10))
})

test("an export that is imported is exported as the same bytes", async () => {
  const dir = folder()
  const [file, first, second] = [join(dir, "office.csv"), join(dir, "first"), join(dir, "second")]
  writeFileSync(file, `${log(600)}case-1,step 10,soon,clerk 1\n`)
  const broken = await daybook(["import", file, "--data", first])
  expect(broken.code).toBe(1)
  expect(broken.err).toMatch(/office\.csv at row 602.*"soon"/)
  expect(broken.out).toContain("600 commands, 600 events")

  const printed = await daybook(["export", "--data", first])
  expect(printed.out.trim().split("\n")).toHaveLength(600)
  const [restored, beheaded] = await Promise.all([
    daybook(["import", "-", "--data", second], { input: printed.out }),
    daybook(["export", "--data", first, "--after", "590", "--types", "LineRecorded"]),
  ])
  expect(restored).toMatchObject({ code: 0 })
  expect(beheaded.out).toBe(printed.out.split("\n").slice(590).join("\n"))

  const [again, verified, one, copy] = await Promise.all([
    daybook(["export", "--data", second]),
    Promise.all([first, second].map(data => daybook(["verify", "--data", data]))),
    daybook(["streams", "--id", "case-7", "--data", second]),
    daybook(["backup", join(dir, "copy.sqlite"), "--data", second]),
  ])
  expect(again.out).toBe(printed.out)
  for (const { out } of verified) expect(out).toMatch(/^clean: 600 transactions, chain [0-9a-f]{64}\n$/)
  expect(one.out.split("\n")).toHaveLength(11)
  expect(one.out).toContain("\tLineRecorded\t")
  expect(copy.code).toBe(0)
})

import { execFileSync } from "node:child_process"
import { copyFileSync, existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { smallDisk } from "../journeys/disk.ts"
import { folder, run } from "../journeys/world.ts"

const probe = smallDisk("size=1m")

test.skipIf(probe === null)(
  "an import and a backup that run out of room say so, leave no half a file, and can be asked for again (needs the right to mount) [TR4]",
  async () => {
    const disk = smallDisk("size=6m")!
    const [data, log] = [join(disk, "data"), join(folder(), "log.csv")]
    const rows = Array.from({ length: 9_000 }, (_, i) => `case ${i % 50},step ${i},${"y".repeat(300)}`)
    writeFileSync(log, `case,activity,note\n${rows.join("\n")}\n`)
    const first = await run(["import", log, "--data", data])
    expect([first.code, first.err]).toEqual([1, expect.stringMatching(/full|room/)])
    expect(first.err).not.toMatch(/ {4}at /)
    const kept = (await run(["export", "--data", data])).out.split("\n").length - 1
    expect(kept).toBeGreaterThan(100)
    expect((await run(["verify", "--data", data])).out).toContain("clean")

    const target = join(disk, "backup.sqlite")
    const backup = await run(["backup", target, "--data", data])
    expect([backup.code === 0, existsSync(target)]).toEqual([false, false])
    expect(backup.err).not.toMatch(/ {4}at /)

    execFileSync("mount", ["-o", "remount,size=64m", disk])
    const second = await run(["import", log, "--data", data, "--json"])
    const summary = JSON.parse(second.out) as { past: number; repeated: number }
    expect([second.code, summary]).toMatchObject([0, { lines: 9_000, commands: 9_000 - kept }])
    // What was kept after the last mark is known by its ids.
    expect(summary.past + summary.repeated).toBe(kept)
    expect((await run(["export", "--data", data])).out.split("\n").length - 1).toBe(9_000)
    expect((await run(["backup", target, "--data", data])).code).toBe(0)
    const copy = folder()
    copyFileSync(target, join(copy, "daybook.sqlite"))
    expect((await run(["verify", "--data", copy])).out).toContain("clean: 9,000 transactions")
  },
  600_000,
)

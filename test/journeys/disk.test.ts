import { execFileSync, spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { allEvents, folder, library, run, serve, until, type Answer, type Served } from "./world.ts"

const mounted: string[] = []
afterAll(() => {
  for (const path of mounted) spawnSync("umount", ["-l", path])
})

/** A small disk of its own; null where this user may not make one. */
function smallDisk(options: string): string | null {
  const path = join(folder(), "disk")
  mkdirSync(path)
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]).status !== 0) return null
  mounted.push(path)
  return path
}

const probe = smallDisk("size=1m")
const text = "x".repeat(20_000)
const write = (server: Served, id: string) =>
  server.command({ id: `c-${id}`, type: "Transact", data: { ops: [{ entity: "Slip", id, set: { text } }] } })

describe.skipIf(probe === null)("with a disk of its own (needs the right to mount one)", () => {
  test("a disk that fills up: 503 and come back, nothing acknowledged is lost, and room is enough to go on [N9 A30]", async () => {
    const disk = smallDisk("size=8m")!
    const data = join(disk, "data")
    const server = await serve([library, "--data", data])
    const ballast = join(disk, "ballast")
    writeFileSync(ballast, Buffer.alloc(5_000_000))
    const done = new Set<string>()
    let refused: Answer | null = null
    for (let i = 0; refused === null && i < 2_000; i++) {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, w) => write(server, `${i}-${w}`)))
      for (const [w, answer] of answers.entries()) {
        if (answer.status === 200) done.add(`${i}-${w}`)
        else refused ??= answer
      }
    }
    expect([refused?.status, refused?.body.code]).toEqual([503, "unavailable"])
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0)
    expect(refused?.body.detail).toMatch(/full|room/)

    // One that is smaller may still have fitted: what is left goes too.
    const filler = join(disk, "filler")
    expect(() => writeFileSync(filler, Buffer.alloc(8_000_000))).toThrow("ENOSPC")
    // It goes on being read, says that it lives, and goes on refusing.
    expect((await server.ask("/health")).status).toBe(200)
    expect((await server.ask("/events?limit=1")).status).toBe(200)
    expect((await write(server, "while-full")).status).toBe(503)
    expect((await server.ask("/commands/c-while-full")).status).toBe(404)

    for (const path of [ballast, filler]) rmSync(path)
    await until(
      () => write(server, "with-room"),
      ({ status }) => status === 200,
    )
    done.add("with-room")
    const there = (await allEvents(server.ask, "", 1_000)).map(e => e.stream.id)
    expect(new Set(there).size).toBe(there.length)
    expect(there).toEqual(expect.arrayContaining([...done]))
    const { code } = await server.stop()
    expect(code).toBe(0)
    expect((await run(["verify", "--data", data])).out).toContain("clean")
    const again = await serve([library, "--data", data])
    expect((await again.ask("/ready")).body.basisT).toBe(there.length)
    await again.stop()
  })

  test("a disk that is full from the start, and a folder that cannot be written, are refused; reading goes on", async () => {
    const full = smallDisk("size=64k")!
    writeFileSync(join(full, "ballast"), Buffer.alloc(60_000))
    const started = await run(["serve", library, "--dev", "--port", "0", "--data", join(full, "data")])
    expect([started.code === 0, started.out]).toEqual([false, ""])
    expect(started.err).toMatch(/full|room|space/)
    expect(started.err).not.toMatch(/ {4}at /)

    const disk = smallDisk("size=8m")!
    const server = await serve([library, "--data", disk])
    await write(server, "kept")
    await server.stop()
    execFileSync("mount", ["-o", "remount,ro", disk])
    const refused = await run(["serve", library, "--dev", "--port", "0", "--data", disk])
    expect([refused.code === 0, refused.out]).toEqual([false, ""])
    expect(refused.err).toContain("daybook.sqlite")
    expect(refused.err).not.toMatch(/ {4}at /)
    expect((await run(["export", "--data", disk])).out).toContain('"id":"kept"')
    expect((await run(["verify", "--data", disk])).out).toContain("clean")
    execFileSync("mount", ["-o", "remount,rw", disk])
    const again = await serve([library, "--data", disk])
    expect((await write(again, "more")).status).toBe(200)
    await again.stop()
  })

  test("an import and a backup that run out of room say so, leave no half a file, and can be asked for again [TR4]", async () => {
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
    expect([second.code, JSON.parse(second.out)]).toMatchObject([
      0,
      { lines: 9_000, past: kept, commands: 9_000 - kept },
    ])
    expect((await run(["export", "--data", data])).out.split("\n").length - 1).toBe(9_000)
    expect((await run(["backup", target, "--data", data])).code).toBe(0)
    const copy = folder()
    copyFileSync(target, join(copy, "daybook.sqlite"))
    expect((await run(["verify", "--data", copy])).out).toContain("clean: 9,000 transactions")
  })
})

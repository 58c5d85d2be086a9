import { execFileSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { smallDisk } from "./disk.ts"
import { allEvents, library, run, serve, until, type Answer, type Served } from "./world.ts"

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
    // The log may still have room in itself for some; then there is none.
    let last = 0
    for (let status = 200; status === 200; last++) status = (await write(server, `last-${last}`)).status
    expect((await server.ask(`/commands/c-last-${last - 1}`)).status).toBe(404)
    for (let i = 0; i < last - 1; i++) done.add(`last-${i}`)

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
})

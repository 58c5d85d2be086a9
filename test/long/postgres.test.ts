import { spawnSync } from "node:child_process"
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import pg from "pg"
import { afterAll, describe, expect, onTestFinished, test } from "vitest"
import { startPostgres, type PostgresServer } from "../../src/testing/postgres-server.ts"
import { fileURLToPath } from "node:url"
import { expectKept, exported, Load, type Event } from "./load.ts"
import { cuttingProxy } from "./proxy.ts"
import { benchApp, newFolder, serveOn, type Served } from "./served.ts"

const started = await startPostgres({ fsync: true })
const server = "skipped" in started ? null : started
if ("skipped" in started) console.warn(`Skipped: ${started.skipped}`)
afterAll(async () => server?.remove())

const copyingApp = fileURLToPath(new URL("copying-app.ts", import.meta.url))
let schemas = 0
const words = (address: string) => ["--store", address, "--data", newFolder()]

/** An address of the server in which nothing is yet. */
function anAddress(at: PostgresServer, port = at.port): string {
  const address = new URL(at.url())
  address.port = String(port)
  return `${address.href}?schema=long_${++schemas}`
}

async function served(address: string, app = benchApp): Promise<Served> {
  const one = await serveOn(app, words(address))
  onTestFinished(() => void one.process.kill("SIGKILL"))
  return one
}

describe.skipIf(server === null)("on PostgreSQL", () => {
  test("of two servers on one database one is killed 20 times under load: what was acknowledged is there, once [N9 A16 W22 TR4 L22]", async () => {
    const address = anAddress(server!)
    const [load, end] = [new Load(), new AbortController()]
    const stays = await served(address)
    const steady = load.on(stays.url, 8, end.signal, true)
    for (let round = 0; round < 20; round++) {
      const killed = await served(address)
      const asking = load.on(killed.url, 16, end.signal)
      await pause(200 + ((round * 97) % 600))
      await killed.kill("SIGKILL")
      await asking
    }
    end.abort()
    await steady
    await load.settle(stays.url)
    await stays.kill("SIGTERM")
    expect(load.unanswered).toBeGreaterThan(20)
    expect(load.acknowledged.size).toBeGreaterThan(1_000)
    expectKept(load, ["--store", address])
  })

  test("two servers are killed in turn, and both at once, 20 times under load: each event comes to its processor, once and in order [N9 A16 W54 L13 L22]", async () => {
    const address = anAddress(server!)
    const load = new Load()
    const both = [await served(address, copyingApp), await served(address, copyingApp)]
    for (let round = 0; round < 20; round++) {
      const end = new AbortController()
      const victims = round % 5 === 4 ? [0, 1] : [round % 2]
      const asking = both.map(async ({ url }, i) => load.on(url, 8, end.signal, !victims.includes(i)))
      await pause(400 + ((round * 97) % 600))
      await Promise.all(victims.map(async i => both[i]!.kill("SIGKILL")))
      end.abort()
      await Promise.all(asking)
      for (const i of victims) both[i] = await served(address, copyingApp)
    }
    await load.settle(both[0]!.url)
    const store = ["--store", address]
    // What a dead process had in hand is another's after the time of a lease.
    const until = performance.now() + 120_000
    const left = () => {
      const [plain, copied] = split(exported(store))
      return plain.length - copied.length
    }
    while (left() > 0 && performance.now() < until) await pause(1_000)
    await Promise.all(both.map(async one => one.kill("SIGTERM")))
    expect(load.acknowledged.size).toBeGreaterThan(1_000)
    const [plain, copied] = split(exported(store))
    expect(copied.length).toBe(plain.length)
    const copies = Map.groupBy(copied, event => event.stream.id)
    for (const [id, stream] of Map.groupBy(plain, event => event.stream.id)) {
      expect(copies.get(`copy-${id}`)?.map(event => event.data)).toEqual(stream.map(event => event.data))
    }
    expectKept(load, store, copyingApp, "IndexedAdded")
  })

  test("the database crashes and starts every few seconds for a minute, under load of two processes [TR1 TR4 TR7]", async () => {
    const address = anAddress(server!)
    const [load, end] = [new Load(), new AbortController()]
    const both = await Promise.all([served(address), served(address)])
    const asking = both.map(async ({ url }) => load.on(url, 16, end.signal, true))
    const until = performance.now() + 60_000
    for (let round = 0; performance.now() < until; round++) {
      await pause(1_500 + ((round * 613) % 2_000))
      await server!.stop("immediate")
      await pause((round * 331) % 900)
      await server!.start()
    }
    await pause(3_000)
    end.abort()
    await Promise.all(asking)
    await load.settle(both[0].url)
    await Promise.all(both.map(async one => one.kill("SIGTERM")))
    expect(load.acknowledged.size).toBeGreaterThan(1_000)
    expectKept(load, ["--store", address])
  })

  test("connections are cut before the question is whole, and before the answer is told, under load of two processes [TR4 TR6]", async () => {
    const proxy = await cuttingProxy(server!.port, 150)
    onTestFinished(async () => proxy.close())
    const through = anAddress(server!, proxy.port)
    const [load, end] = [new Load(), new AbortController()]
    const both = await Promise.all([served(through), served(through)])
    const asking = both.map(async ({ url }) => load.on(url, 16, end.signal, true))
    // As long as it takes to be cut often enough: a machine that is busy asks less.
    for (const until = performance.now() + 180_000; proxy.cuts() < 25 && performance.now() < until;) await pause(250)
    end.abort()
    await Promise.all(asking)
    await load.settle(both[0].url)
    await Promise.all(both.map(async one => one.kill("SIGTERM")))
    expect(proxy.cuts()).toBeGreaterThan(20)
    expect(load.acknowledged.size).toBeGreaterThan(1_000)
    expectKept(load, ["--store", through.replace(`:${proxy.port}/`, `:${server!.port}/`)])
  })

  test.skipIf(!mayMount())(
    "a tablespace that is full: 503 and come back, nothing acknowledged is lost, and room is enough to go on (needs the right to mount a small disk) [N9 A30]",
    async () => {
      const disk = smallDisk(48)
      const ballast = join(disk, "ballast")
      writeFileSync(ballast, Buffer.alloc(16 << 20))
      const address = await onTablespace(server!, disk)
      const [load, full, end] = [new Load(), new AbortController(), new AbortController()]
      const one = await served(address)
      const filling = load.on(one.url, 16, full.signal, true)
      for (const until = performance.now() + 300_000; !load.refused.has(503) && performance.now() < until;)
        await pause(50)
      await pause(2_000)
      full.abort()
      await filling
      expect(load.refused.get(503)).toBeGreaterThan(0)
      const before = load.acknowledged.size

      rmSync(ballast)
      const going = load.on(one.url, 16, end.signal, true)
      await pause(2_000)
      end.abort()
      await going
      await load.settle(one.url)
      await one.kill("SIGTERM")
      expect(load.acknowledged.size).toBeGreaterThan(before + 100)
      expectKept(load, ["--store", address])
    },
  )
})

/** What was asked for, and what the processor made of it. */
function split(events: readonly Event[]): readonly [Event[], Event[]] {
  const [plain = [], copied = []] = [false, true].map(is => events.filter(e => (e.type === "IndexedAdded") === is))
  return [plain, copied]
}

function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), "daybook-mount-"))
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0
  if (mounted) spawnSync("umount", [folder])
  rmSync(folder, { recursive: true })
  return mounted
}

/** A disk of so many megabytes, which the server may write. */
function smallDisk(megabytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), "daybook-small-"))
  spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder])
  const { uid, gid } = statSync(join(server!.folder, "data"))
  chownSync(folder, uid, gid)
  onTestFinished(() => {
    spawnSync("umount", ["--lazy", folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** A database that lies on a disk. It is gone before the disk is. */
async function onTablespace(at: PostgresServer, folder: string): Promise<string> {
  const space = join(folder, "space")
  spawnSync("install", ["-d", "-o", String(statSync(folder).uid), "-g", String(statSync(folder).gid), space])
  const client = new pg.Client({ connectionString: at.url() })
  await client.connect()
  await client.query(`CREATE TABLESPACE small LOCATION '${space}'`)
  await client.query("CREATE DATABASE small TABLESPACE small")
  onTestFinished(async () => {
    await client.query("DROP DATABASE small WITH (FORCE)")
    await client.query("DROP TABLESPACE small")
    await client.end()
  })
  return at.url("small")
}

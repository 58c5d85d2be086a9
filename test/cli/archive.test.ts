import { once } from "node:events"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { expect, test } from "vitest"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import type { Finding } from "../../src/ports/maintenance.ts"
import { aTransaction } from "../../src/testing/writes.ts"
import { daybook, folder, start } from "./binary.ts"

/** A folder with a file of so many commands, all of them old. */
function aFolder(commands: number): string {
  const data = join(folder(), "data")
  mkdirSync(data)
  const store = sqliteStore({ path: join(data, "daybook.sqlite"), now: () => Date.parse("2020-01-01T00:00:00Z") })
  for (let from = 0; from < commands; from += 1_000) {
    const count = Math.min(1_000, commands - from)
    store.commit(Array.from({ length: count }, (_, i) => aTransaction({ id: `c${from + i}` })))
  }
  store.close()
  return data
}

/** How many of the old commands are where, and whatever is found wrong. */
async function whereabouts(data: string) {
  const store = sqliteStore({ path: join(data, "daybook.sqlite"), readonly: true })
  const { commands, archived } = store.transfer.holdings() as { commands: number; archived: number }
  const found: Finding[] = []
  for await (const finding of store.maintenance.verify()) found.push(finding)
  const live = store.commands.list({ type: "Put", limit: 100_000 }) as readonly unknown[]
  store.close()
  return { commands, archived, live: live.length, found }
}

test("archive moves what ended long ago, and brings back what is named [W55 W56]", async () => {
  const data = aFolder(3)
  const place = ["--data", data]
  expect(await daybook(["archive", ...place])).toEqual({ code: 0, out: "3 commands are in the archive now\n", err: "" })
  const restored = await daybook(["archive", ...place, "--restore", "c0,c2", "--json"])
  expect(JSON.parse(restored.out)).toMatchObject({ restored: 2, t: 5 })
  expect(await whereabouts(data)).toMatchObject({ archived: 1, live: 2, found: [] })
  const again = await daybook(["archive", ...place, "--older-than", "2019-01-01T00:00:00Z", "--json"])
  expect(JSON.parse(again.out)).toMatchObject({ archived: 0 })
  const bad = await daybook(["archive", ...place, "--older-than", "long"])
  expect([bad.code, bad.err]).toEqual([expect.any(Number), expect.stringContaining("is no length of time")])
  expect(bad.code).not.toBe(0)
})

test("killed in the middle, it has moved whole pages, and each command is in one place [W56]", async () => {
  const data = aFolder(6_000)
  for (const ms of [0, 10]) {
    const child = start(["archive", "--data", data])
    const exit = once(child, "exit")
    const before = (await whereabouts(data)).archived
    await until(() => countOf(data) > before || child.exitCode !== null)
    await setTimeout(ms)
    child.kill("SIGKILL")
    await exit
    const { commands, archived, live, found } = await whereabouts(data)
    expect({ sum: archived + live, found }).toEqual({ sum: 6_000, found: [] })
    expect(archived % 1_000).toBe(0)
    expect(commands).toBe(6_000 + (await archivers(data)))
  }
  await daybook(["archive", "--data", data, "--json"])
  expect(await whereabouts(data)).toMatchObject({ archived: 6_000, live: 0, found: [] })
})

function countOf(data: string): number {
  const store = sqliteStore({ path: join(data, "daybook.sqlite"), readonly: true })
  const { archived } = store.transfer.holdings() as { archived: number }
  store.close()
  return archived
}

async function archivers(data: string): Promise<number> {
  const store = sqliteStore({ path: join(data, "daybook.sqlite"), readonly: true })
  const all = (await store.commands.list({ type: "Archive", limit: 100 })).length
  store.close()
  return all
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(2)
}

import { execFileSync } from "node:child_process"
import { chownSync, mkdirSync, statSync } from "node:fs"
import { join } from "node:path"
import pg from "pg"
import { describe, expect, onTestFinished, test } from "vitest"
import { Refusal } from "../../../src/kernel/refusal.ts"
import type { PostgresServer } from "../../../src/testing/postgres-server.ts"
import { writer } from "../../../src/testing/writes.ts"
import { aPlace, aServer, aStore, findings } from "./place.ts"

const server = await aServer()

/** A tablespace on a disk of a few megabytes; null: only root may have one, and not everywhere. */
function aSmallDisk({ folder }: PostgresServer): { path: string; grow(): void } | null {
  const path = join(folder, "small")
  mkdirSync(path)
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", path], { stdio: "pipe" })
  } catch {
    return null
  }
  onTestFinished(() => void execFileSync("umount", ["--lazy", path]))
  const { uid, gid } = statSync(join(folder, "data"))
  chownSync(path, uid, gid)
  return { path, grow: () => void execFileSync("mount", ["-o", "remount,size=96m", path]) }
}

describe.skipIf(server === null)("a disk that is full", { timeout: 60_000 }, () => {
  test("refuses, loses nothing, and goes on when there is room again [N9]", async context => {
    const disk = aSmallDisk(server!)
    if (disk === null) return context.skip("No disk can be mounted here")
    const client = new pg.Client({ connectionString: server!.url() })
    await client.connect()
    await client.query(`CREATE TABLESPACE small LOCATION '${disk.path}'`)
    await client.query("CREATE DATABASE small TABLESPACE small")
    await client.end()

    const store = await aStore({ ...aPlace(server!), url: server!.url("small") })
    const text = "x".repeat(100)
    let done = 0
    let refusal: unknown = null
    for (let batch = 0; batch < 1_000; batch++) {
      const write = writer(`b${batch}`)
      const writes = Array.from({ length: 50 }, (_, i) =>
        write.put(`a${batch}-${i}`, { text: `${text}${batch * 50 + i}`.repeat(5) }),
      )
      const outcomes = await Promise.resolve(store.commit(writes)).catch((error: unknown) => void (refusal = error))
      if (outcomes === undefined) break
      done += outcomes.filter(({ kind }) => kind === "done").length
    }
    expect(refusal).toBeInstanceOf(Refusal)
    expect(refusal).toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/cannot grow: the disk .* is full; make room/) as string,
    })
    expect(await store.basis()).toBe(done)
    expect((await store.entities.heads(["a0-0"]))[0]?.version).toBe(1)

    disk.grow()
    const [after] = await store.commit([writer("after").put("after", { name: "x" })])
    expect(after).toMatchObject({ kind: "done", t: done + 1 })
    expect(await findings(store)).toEqual([])
  })
})

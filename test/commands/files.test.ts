import { describe, expect, onTestFinished, test } from "vitest"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { daybook as define, openDaybook } from "../../src/app.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { limits } from "../../src/kernel/limits.ts"
import { event } from "../../src/kernel/message.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import type { FileStore, UploadedFile } from "../../src/ports/files.ts"
import type { Store } from "../../src/ports/store.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { beginLife } from "../../src/testing/life.ts"
import { memoryFiles } from "../../src/testing/memory-files.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { refusalOf, faultsOf } from "./world.ts"

const file = { type: "file" }
const schema = {
  daybook: 1,
  name: "album",
  version: 1,
  entities: {
    Photo: { attributes: { image: file, more: { ...file, many: true }, title: { type: "string", maxLength: 5 } } },
    Note: { attributes: { text: { type: "string" } } },
    Passport: { attributes: { scan: file } },
  },
  commands: { Scan: { target: "Passport", data: {} }, Copy: { target: "Passport", data: {} } },
  events: { Scanned: { stream: "Passport", data: {} } },
}
const album1 = define({
  schema,
  aggregates: [
    {
      kind: "aggregate",
      type: "Passport",
      decide: { Scan: (data: JsonObject) => event("Scanned", data) },
      evolve: { Scanned: (_passport: JsonObject, data: JsonObject) => data },
    },
  ],
  handlers: [
    {
      kind: "handler",
      type: "Copy",
      run: async ({ uow, command }: { uow: { record: (...said: unknown[]) => Promise<void> }; command: JsonObject }) =>
        uow.record(command["target"], event("Scanned", command["data"] as JsonObject)),
    },
  ],
})

const stores = {
  memory: (now: () => number): Store => memoryStore({ clock: { ...simulatedClock(), now } }),
  sqlite: (now: () => number): Store => sqliteStore({ path: ":memory:", now }),
}

/** An album whose file store can be made to fail, and which can be killed. */
async function album(name: keyof typeof stores) {
  const [clock, ids, faults] = [simulatedClock(), seededIds(5), { keep: (): unknown => undefined, asked: 0 }]
  const store = stores[name](() => clock.now())
  const kept = memoryFiles({ clock })
  const files: FileStore = {
    ...kept,
    find: asked => (faults.asked++, kept.find(asked)),
    async keep(asked) {
      await kept.keep(asked)
      await faults.keep()
    },
  }
  const open = async (app = album1) => {
    const life = beginLife(clock, store, {})
    return { daybook: await openDaybook(app, { ...life.parts, ids, files }), life }
  }
  let now = await open()
  onTestFinished(() => now.daybook.close())
  const ask = (type: string, target: { type: string; id: string } | null, data: JsonObject, id = ids.next()) =>
    now.daybook.request({ id, type, target, data }, { actor: "system" })
  return {
    clock,
    files,
    faults,
    daybook: () => now.daybook,
    ask,
    transact: (ops: readonly JsonObject[], id?: string) => ask("Transact", null, { ops }, id),
    upload: (text: string) => now.daybook.upload(new Blob([text]).stream(), "text/plain"),
    state: async ({ file }: UploadedFile) => (await kept.find([file]))[0]?.state ?? null,
    restart: async (afterMs = 0, app = album1) => {
      now.life.end()
      await clock.advance(afterMs)
      now = await open(app)
      await clock.idle()
    },
    afterADay: () => clock.advance(limits.fileUnusedMsMax + limits.fileSweepEveryMs),
    findings: async () => {
      const found: unknown[] = []
      for await (const finding of now.daybook.verify()) found.push(finding)
      return found
    },
  }
}
const photo = (id: string, set: JsonObject) => ({ entity: "Photo", id, set })

describe.each(["memory", "sqlite"] as const)("on %s", name => {
  test("a file is kept with the transaction that holds it, named whole or by its id [L80 HA6]", async () => {
    const { upload, transact, state, daybook, findings } = await album(name)
    const [a, b, c] = [await upload("a"), await upload("b"), await upload("c")]
    await transact([photo("p", { image: a, more: [b.file, c] })])
    expect([await state(a), await state(b), await state(c)]).toEqual(["kept", "kept", "kept"])
    expect((await daybook().entity("p"))?.document).toEqual({ image: a, more: [b, c] })
    await transact([{ entity: "Photo", id: "p", remove: { more: [b.file] }, add: { more: [a.file] } }])
    expect((await daybook().entity("p"))?.document).toEqual({ image: a, more: [c, a] })
    expect((await daybook().download(c.file)).about).toEqual(c)
    await expect(daybook().download(b.file)).rejects.toMatchObject({ code: "not-found" })
    expect(await findings()).toEqual([])
  })

  test("what was not uploaded, or otherwise, is a fault with its place, and nothing is written [L80]", async () => {
    const { upload, transact, ask, state, daybook } = await album(name)
    const a = await upload("a")
    const never = { ...a, file: "018f0000-0000-7000-8000-000000000000" }
    const [wrongHash, wrongSize] = [
      { ...a, sha256: "0".repeat(64) },
      { ...a, size: 2 },
    ]
    expect(await faultsOf(transact([photo("p", { image: never, more: [a, wrongHash, wrongSize] })]))).toEqual([
      "/data/ops/0/set/image file",
      "/data/ops/0/set/more/1 file",
      "/data/ops/0/set/more/2 file",
    ])
    const byId = transact([photo("p", { image: never.file, more: [a.file, "no"] })])
    expect(await faultsOf(byId)).toEqual(["/data/ops/0/set/image file", "/data/ops/0/set/more/1 file"])
    const scan = (scan: JsonObject) => ask("Scan", { type: "Passport", id: "x" }, { scan })
    expect(await faultsOf(scan(never))).toEqual(["/scan file"])
    expect(await faultsOf(scan(wrongHash))).toEqual(["/scan file"])
    expect([await state(a), await daybook().basis()]).toEqual(["pending", 0])
    await scan(a)
    expect([await state(a), (await daybook().entity("x"))?.document]).toEqual(["kept", { scan: a }])
  })

  test("a transaction that is refused keeps nothing, and what nobody holds is gone after a day [L80]", async () => {
    const { upload, transact, state, afterADay, restart } = await album(name)
    const [a, b] = [await upload("a"), await upload("b")]
    await refusalOf(transact([photo("p", { image: a }), photo("q", { title: "too long" })]))
    expect(await state(a)).toBe("pending")
    await restart(limits.fileUnusedMsMax - 1)
    expect(await state(b)).toBe("pending")
    await restart(1)
    expect(await state(b)).toBeNull()
    const c = await upload("c")
    await afterADay()
    expect([await state(a), await state(c)]).toEqual([null, null])
    expect(await faultsOf(transact([photo("p", { image: a })]))).toEqual(["/data/ops/0/set/image file"])
  })

  test("where a file cannot be kept, the command is refused as unavailable, and may come again [L80]", async () => {
    const { upload, transact, faults, daybook } = await album(name)
    const a = await upload("a")
    faults.keep = () => {
      throw new Refusal("unavailable", "The disk is full")
    }
    const beside = transact([{ entity: "Note", id: "n", set: { text: "x" } }])
    expect(await refusalOf(transact([photo("p", { image: a })], "c"))).toMatchObject({ code: "unavailable" })
    expect([(await beside).state, await daybook().basis(), await daybook().command("c")]).toEqual([
      "succeeded",
      1,
      null,
    ])
    faults.keep = () => undefined
    expect(await transact([photo("p", { image: a })], "c")).toMatchObject({ state: "succeeded", t: 2 })
  })

  test("a handler whose file cannot be kept goes on when it can [L80 W22]", async () => {
    const { upload, ask, faults, clock, daybook } = await album(name)
    const a = await upload("a")
    let failures = 3
    faults.keep = () => {
      if (failures-- > 0) throw new Refusal("unavailable", "The disk is full")
    }
    const copied = ask("Copy", { type: "Passport", id: "x" }, { scan: a })
    await clock.advance(60_000)
    expect(await copied).toMatchObject({ state: "succeeded" })
    expect((await daybook().entity("x"))?.document).toEqual({ scan: a })
  })

  test("killed between keep and commit, nothing refers to the file; it serves the next attempt, or is swept [L80]", async () => {
    const { upload, transact, state, faults, restart, clock, daybook, afterADay } = await album(name)
    const [a, b] = [await upload("a"), await upload("b")]
    const reached = Promise.withResolvers<void>()
    faults.keep = () => (reached.resolve(), new Promise(() => {}))
    void transact([photo("p", { image: a })], "c").catch(() => {})
    void transact([photo("q", { image: b })]).catch(() => {})
    await clock.idle()
    await reached.promise
    faults.keep = () => undefined
    await restart()
    expect([await daybook().basis(), await state(a), await daybook().command("c")]).toEqual([0, "kept", null])
    expect(await transact([photo("p", { image: a })], "c")).toMatchObject({ state: "succeeded", t: 1 })
    await afterADay()
    expect([await state(a), await state(b)]).toEqual(["kept", null])
  })

  test("a file that two hold is there while one does, and for the past when none does any more [L80]", async () => {
    const { upload, transact, afterADay, daybook, files, findings } = await album(name)
    const a = await upload("a")
    const outcome = await transact([photo("p", { image: a }), photo("q", { more: [a, a.file] })])
    await transact([photo("r", { image: a }), { retract: "p" }])
    await transact([{ retract: "r" }])
    expect((await daybook().download(a.file)).about).toEqual(a)
    await transact([{ retract: "q" }])
    await afterADay()
    await expect(daybook().download(a.file)).rejects.toMatchObject({ code: "not-found" })
    const then = await daybook().snapshot(outcome.t)
    expect((await then.entity("q"))?.document).toEqual({ more: [a] })
    expect((await files.read(a.file))?.about).toEqual(a)
    expect(await findings()).toEqual([])
  })

  test("a file that only the past holds, under a name that the schema has no more, is not swept [L80]", async () => {
    const { upload, transact, restart, state } = await album(name)
    const a = await upload("a")
    await transact([photo("p", { image: a }), { entity: "Note", id: "n", set: { text: "x" } }])
    await transact([{ retract: "p" }])
    const { Note } = schema.entities
    const album2 = define({ schema: { daybook: 1, name: "album", version: 2, entities: { Note } } })
    await restart(2 * limits.fileUnusedMsMax, album2)
    expect(await state(a)).toBe("kept")
  })

  test("whoever holds no files pays nothing for them, nor does a file that stays where it is [L80]", async () => {
    const { upload, transact, faults } = await album(name)
    await transact([{ entity: "Note", id: "n", set: { text: "x" } }])
    expect(faults.asked).toBe(0)
    const a = await upload("a")
    await transact([photo("p", { image: a, more: [a] })])
    expect(faults.asked).toBe(1)
    await transact([photo("p", { title: "x", more: [a] })])
    expect(faults.asked).toBe(1)
  })
})

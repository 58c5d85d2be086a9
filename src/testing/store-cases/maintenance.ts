import { notEqual, ok, rejects } from "node:assert/strict"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Refusal } from "../../kernel/refusal.ts"
import type { Finding } from "../../ports/maintenance.ts"
import type { Store } from "../../ports/store.ts"
import { same, storeCase, upTo, type StoreCase } from "../store-case.ts"
import { aDelivery, aPage, aRefusal, writer } from "../writes.ts"
import { expectedHash, wholeLog } from "./expected.ts"

/** What keeps a store healthy, and looks whether it is. */
export const maintenanceCases: readonly StoreCase[] = [
  storeCase("each transaction's hash follows from the one before it and from its own content", async stage => {
    const write = writer()
    const writes = [
      write.put("a", { name: "x", text: 'quotes " and 🐝 and \u2028' }, { schemaVersion: 3, actor: "ann" }),
      write.reject("a"),
      write.puts([]),
      write.puts([
        ["b", { n: 1.5 }],
        ["c", { n: [null, true, {}] }],
      ]),
      write.put("a", null),
    ]
    const dated = writes.map((transaction, i) => ({
      ...transaction,
      events: transaction.events.map(event => ({ ...event, occurredAt: i === 3 ? "2011-10-01T00:00:00+02:00" : null })),
    }))
    let hash = ""
    for (const transaction of dated) {
      const [done] = await stage.done(transaction)
      hash = expectedHash(hash, transaction, done!)
      same(await stage.store.maintenance.chain(), { t: done!.t, hash })
    }
    await stage.reopen()
    same(await stage.store.maintenance.chain(), { t: 5, hash })
  }),

  storeCase("what takes no t leaves the chain as it is", async stage => {
    await stage.done(writer().put("a", {}))
    const before = await stage.store.maintenance.chain()
    await stage.store.projections.begin("projection", 1)
    await stage.done(aRefusal(), aDelivery({ reached: 1 }), aPage({}))
    same(await stage.store.maintenance.chain(), before)
  }),

  storeCase("nothing is found in a store where nothing is wrong", async stage => {
    same(await findings(stage.store), [])
    const write = writer()
    await stage.done(write.put("a", { name: "x", to: "b" }), write.put("b", { name: "y" }), write.reject("a"))
    await stage.done(
      write.puts([
        ["a", { name: "y" }],
        ["b", { name: "x" }],
      ]),
      write.put("a", null),
      write.put("a", {}),
    )
    await stage.commit(write.put("c", { name: "x" }))
    same(await findings(stage.store), [])
    await stage.reopen()
    same(await findings(stage.store), [])
  }),

  storeCase("schemas are kept in order, from which t on each, and the same again does nothing", async stage => {
    same(await stage.store.maintenance.schemas(), [])
    const schema = (version: number) => ({
      version,
      hash: `hash ${version}`,
      schema: { daybook: 1, version, "x-note": ["🐝"] },
    })
    const write = writer()
    await stage.store.maintenance.keepSchema(schema(1))
    await stage.done(write.put("a", {}), write.put("a", {}))
    await stage.store.maintenance.keepSchema(schema(1))
    await stage.store.maintenance.keepSchema(schema(2))
    await stage.store.maintenance.keepSchema(schema(2))
    await stage.done(write.put("a", {}))
    await stage.store.maintenance.keepSchema(schema(1))
    const expected = [
      { ...schema(1), fromT: 1 },
      { ...schema(2), fromT: 3 },
      { ...schema(1), fromT: 4 },
    ]
    same(await stage.store.maintenance.schemas(), expected)
    await stage.reopen()
    same(await stage.store.maintenance.schemas(), expected)
  }),

  storeCase("a store says what it is", async ({ store }) => {
    const { kind, place, version, bytes } = await store.maintenance.about()
    ok(kind.length > 0 && place.length > 0 && Number.isInteger(version) && bytes >= 0)
  }),

  storeCase("a backup is a whole copy in a new file, and the original goes on", async stage => {
    const write = writer()
    await stage.done(...upTo(20).map(i => write.put(`thing-${i}`, { name: `name-${i}` })))
    await inNewFolder(async folder => {
      const path = join(folder, "backup")
      const [log, chain] = [await wholeLog(stage.store), await stage.store.maintenance.chain()]
      await stage.store.maintenance.backup(path)
      await stage.done(write.put("after", {}))
      ok((await stat(path)).size > 0, "the file is empty")
      if (stage.openBackup === null) return
      const copy = await stage.openBackup(path)
      same([await wholeLog(copy), await copy.maintenance.chain()], [log, chain])
      same(await copy.entities.holders("Thing/name", "name-7"), ["thing-7"])
      await copy.close()
    })
  }),

  storeCase("a backup does not overwrite a file", async stage => {
    await inNewFolder(async folder => {
      const path = join(folder, "precious")
      await writeFile(path, "precious")
      await rejects(async () => stage.store.maintenance.backup(path), Refusal)
      same(await readFile(path, "utf8"), "precious")
    })
  }),

  storeCase("everything is there after the store was opened again, and it goes on from there", async stage => {
    const write = writer()
    await stage.done(...upTo(30).map(i => write.put(`thing-${i % 7}`, { name: `name-${i}`, tag: i % 3 })))
    const look = async (store: Store) => {
      const { log, entities, commands, maintenance } = store
      return [
        await wholeLog(store),
        await log.streams({ limit: 100 }),
        await entities.heads(upTo(7).map(i => `thing-${i % 7}`)),
        await entities.holders("Thing/tag", 1),
        await entities.holdersAt("Thing/tag", 1, 15),
        await entities.versions("thing-3"),
        await commands.list({ limit: 100 }),
        await maintenance.chain(),
        await store.basis(),
      ]
    }
    const before = await look(stage.store)
    for (let times = 0; times < 3; times++) same(await look(await stage.reopen()), before)
    const [done] = await stage.done(write.put("thing-1", { name: "after" }))
    same(done!.t, 31)
    notEqual((await stage.store.maintenance.chain()).hash, "")
  }),
]

async function findings(store: Store): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of store.maintenance.verify()) found.push(finding)
  return found
}

async function inNewFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "daybook-"))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

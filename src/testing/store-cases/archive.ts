import type { Instance } from "../../kernel/instance.ts"
import type { CommandState, T } from "../../kernel/message.ts"
import type { Finding } from "../../ports/maintenance.ts"
import type { Store } from "../../ports/store.ts"
import type { TransactionWrite } from "../../ports/write.ts"
import { kinds, same, storeCase, upTo, type Done, type StoreCase } from "../store-case.ts"
import { aTransaction, anInstance, writer } from "../writes.ts"
import { wholeLog } from "./expected.ts"

const later = Date.parse("2040-01-01T00:00:00Z")

/** Commands that go to the archive and come back, and what stays as if they had not. */
export const archiveCases: readonly StoreCase[] = [
  storeCase(
    "an archived command is found as it was, with when it was moved, and is listed only if asked for",
    async stage => {
      await stage.done(...["a", "b", "c"].map(id => command(id, { parent: id === "c" ? "a" : null })))
      const before = await stage.store.commands.find(["a", "b", "c"])
      await stage.clock.advance(1_000)
      const [{ at }] = (await stage.done(archiving("move", "a", "c"))) as readonly [Done]
      for (const open of [async () => stage.store, async () => stage.reopen()]) {
        const store = await open()
        const [a, b, c] = before
        same(await store.commands.find(["a", "b", "c"]), [{ ...a, archivedAt: at }, b, { ...c, archivedAt: at }])
        same(await listed(store, {}), ["move", "b"])
        same(await listed(store, { archived: false }), ["move", "b"])
        same(await listed(store, { archived: true }), ["c", "a"])
        same(await listed(store, { archived: "both" }), ["move", "c", "b", "a"])
        same(await listed(store, { archived: "both", parent: "a" }), ["c"])
        same(await listed(store, { archived: true, owner: "nobody" }), [])
        same(await listed(store, { archived: "both", after: "c" }), ["b", "a"])
        same(await listed(store, { after: "c" }), ["b"])
        same(await listed(store, { archived: true, after: "move" }), ["c", "a"])
        same((await store.commands.list({ archived: "both", limit: 2 })).map(idOf), ["move", "c"])
      }
    },
  ),

  storeCase("an archived command that comes again is a duplicate, alone and among others", async stage => {
    await stage.done(command("a"), command("b"))
    await stage.done(archiving("move", "a", "b"))
    same(kinds(await stage.commit(command("a"))), ["duplicate"])
    const among = await stage.commit(command("new"), command("a"), command("b"), command("newer"))
    same(kinds(among), ["done", "duplicate", "duplicate", "done"])
    await stage.reopen()
    same(kinds(await stage.commit(command("b"), command("last"))), ["duplicate", "done"])
    same(await listed(stage.store, {}), ["last", "newer", "new", "move"])
    same(await found(stage.store), [])
  }),

  storeCase("an archived command takes no further step", async stage => {
    await stage.done(command("a"), command("b"))
    await stage.done(archiving("move", "a"))
    const [before] = await stage.store.commands.find(["a"])
    const step = (said: Partial<TransactionWrite>) =>
      aTransaction({ instance: anInstance({ id: "a" }), first: false, ...said })
    same(kinds(await stage.commit(step({ follows: 1 }), command("c"))), ["duplicate", "done"])
    same(kinds(await stage.commit(step({}), command("d"))), ["conflict", "done"])
    same(await stage.store.commands.find(["a"]), [before])
    same(await found(stage.store), [])
  }),

  storeCase("what an archived command caused still tells whose it is, and nothing is found wrong", async stage => {
    const write = writer()
    const long = anInstance({ id: "long", state: "waiting" })
    await stage.done(write.put("thing", { name: "x" }), aTransaction({ instance: long }), write.reject("thing"))
    await stage.done(aTransaction({ first: false, instance: { ...long, state: "succeeded" } }))
    const [log, stream] = [await wholeLog(stage.store), await stage.store.log.stream("thing", 1, 10)]
    const { t } = await stage.store.maintenance.chain()
    await stage.done(archiving("move", "command-1", "long", "command-2"))
    await stage.reopen()
    same((await wholeLog(stage.store)).slice(0, log.length), log)
    same(await stage.store.log.stream("thing", 1, 10), stream)
    same((await stage.store.log.transaction(1))[0]?.event.causedBy, { type: "Put", id: "command-1" })
    same((await stage.store.maintenance.chain()).t, t + 1)
    same(await found(stage.store), [])
    same((await stage.store.entities.at("thing", 1))?.document, { name: "x" })
  }),

  storeCase("commands are moved all or none, and only those that may be", async stage => {
    const write = writer()
    await stage.done(write.put("thing", {}), command("a"), command("b"), command("open", { state: "waiting" }))
    await stage.done(archiving("first", "b"))
    const stale = { ...write.put("thing", {}), reads: [{ id: "other", version: 7 }] }
    for (const [i, refused] of [
      archiving("m1", "a", "open"),
      archiving("m2", "a", "nobody"),
      archiving("m3", "a", "b"),
      { ...stale, archive: { ids: ["a"] } },
      { ...stale, restore: { ids: ["b"] } },
      restoring("m4", "b", "a"),
      restoring("m5", "nobody"),
    ].entries()) {
      same(kinds(await stage.commit(command(`before ${i}`), refused)), ["done", "conflict"])
      same(await whereabouts(stage.store), { live: ["open", "a"], archived: ["b"] })
    }
    same(await found(stage.store), [])
  }),

  storeCase("what comes back from the archive is what went there, and may go again", async stage => {
    await stage.done(command("a", { result: [1], error: { code: "x" }, parent: "b" }), command("b"))
    const before = await stage.store.commands.find(["a", "b"])
    await stage.done(archiving("out", "a", "b"))
    await stage.done(restoring("in", "a"))
    same(await whereabouts(stage.store), { live: ["a"], archived: ["b"] })
    await stage.done(restoring("in again", "b"), archiving("out again", "a"))
    same(await whereabouts(stage.store), { live: ["b"], archived: ["a"] })
    await stage.done(restoring("in at last", "a"))
    await stage.reopen()
    same(await stage.store.commands.find(["a", "b"]), before)
    same(await listed(stage.store, { archived: true }), [])
    same(kinds(await stage.commit(command("a"))), ["duplicate"])
    same(await found(stage.store), [])
  }),

  storeCase(
    "whole trees may be archived, of which everybody ended before, children before their parents",
    async stage => {
      await stage.done(
        command("done"),
        command("parent"),
        command("child", { parent: "parent" }),
        command("grandchild", { parent: "child" }),
        command("other child", { parent: "parent", state: "failed" }),
        command("waits", { state: "waiting" }),
        command("of who waits", { parent: "waits" }),
        command("asked"),
        command("runs", { parent: "asked", state: "stuck" }),
        command("of nobody", { parent: "somebody elsewhere" }),
      )
      const end = Date.parse((await stage.store.commands.find(["done"]))[0]!.updatedAt)
      await stage.clock.advance(60_000)
      await stage.done(command("young"), command("young child", { parent: "done" }))
      const page = async (before: number, limit = 100, after: T = 0) =>
        stage.store.commands.archivable({ before, after, limit })
      same(await page(end), { ids: [], reached: 12, isEnd: true })
      const old = ["grandchild", "child", "other child", "parent", "of nobody"]
      same(await page(end + 1), { ids: old, reached: 12, isEnd: true })
      same((await page(later)).ids, ["young child", "done", ...old, "young"])
      same(await page(later, 3), { ids: ["young child", "done"], reached: 1, isEnd: false })
      same(await page(later, 3, 1), { ids: ["grandchild", "child", "other child"], reached: 1, isEnd: false })
      same(await page(later, 3, 2), { ids: ["of nobody", "young"], reached: 12, isEnd: true })
      await stage.done(archiving("move", ...(await page(end + 1)).ids))
      same(await page(end + 1), { ids: [], reached: 13, isEnd: true })
      same((await page(later)).ids, ["young child", "done", "young", "move"])
    },
  ),

  storeCase("what may be archived is found page by page, past any number of those that live on", async stage => {
    const states = upTo(3_000).map(i => (i > 2_500 && i % 10 === 0 ? "succeeded" : "waiting"))
    const writes = states.map((state, i) => command(`c${i + 1}`, { state }))
    for (let from = 0; from < writes.length; from += 1_000) await stage.done(...writes.slice(from, from + 1_000))
    const ids: string[] = []
    let pages = 0
    for (let after = 0, isEnd = false; !isEnd; pages++) {
      const page = await stage.store.commands.archivable({ before: later, after, limit: 15 })
      if (page.ids.length > 0) await stage.done(archiving(`move ${pages}`, ...page.ids))
      ids.push(...page.ids)
      after = page.reached
      isEnd = page.isEnd
    }
    const all = upTo(50).map(i => `c${2_500 + i * 10}`)
    same(ids.slice(0, 50), all)
    same(await listed(stage.store, { archived: true, state: "succeeded", limit: 10 }), ids.toReversed())
    same((await stage.store.commands.list({ state: "waiting", limit: 10_000 })).length, 2_950)
  }),
]

function command(id: string, said: Partial<Instance> & { state?: CommandState } = {}): TransactionWrite {
  return aTransaction({ instance: anInstance({ id, ...said }) })
}

function archiving(id: string, ...ids: string[]): TransactionWrite {
  return aTransaction({ id, archive: { ids } })
}

function restoring(id: string, ...ids: string[]): TransactionWrite {
  return aTransaction({ id, restore: { ids } })
}

function idOf({ command }: Instance): string {
  return command.id
}

async function listed(store: Store, filter: Partial<Parameters<Store["commands"]["list"]>[0]>): Promise<string[]> {
  const ids: string[] = []
  for (let { after } = filter; ;) {
    const page = await store.commands.list({ limit: 2, ...filter, ...(after === undefined ? {} : { after }) })
    if (page.length === 0) return ids
    ids.push(...page.map(instance => idOf(instance)))
    after = ids.at(-1)
  }
}

/** Where those commands are whose ids are short. */
async function whereabouts(store: Store) {
  const short = (ids: readonly string[]) => ids.filter(id => id.length === 1 || id === "open")
  return {
    live: short(await listed(store, {})),
    archived: short(await listed(store, { archived: true })),
  }
}

async function found(store: Store): Promise<Finding[]> {
  const findings: Finding[] = []
  for await (const finding of store.maintenance.verify()) findings.push(finding)
  return findings
}

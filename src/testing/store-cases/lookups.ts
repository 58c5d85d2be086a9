import type { FactAttribute } from "../../ports/facts.ts"
import { same, storeCase, upTo, type Stage, type StoreCase } from "../store-case.ts"
import { writer } from "../writes.ts"

const about = { types: ["Thing"], many: false, lookup: true } as const
const name: FactAttribute = { ...about, fullName: "Thing/name", name: "name", type: "string" }
const tag: FactAttribute = { ...about, fullName: "Thing/tag", name: "tag", type: "integer", many: true }
const to: FactAttribute = { ...about, fullName: "Thing/to", name: "to", type: "ref" }
const note: FactAttribute = { ...about, fullName: "Thing/note", name: "note", type: "string" }

/** Looked-up values that are made anew out of the versions. */
export const lookupCases: readonly StoreCase[] = [
  storeCase("looked-up values that are made anew are what they were, at every t, however many at once", async stage => {
    await history(stage)
    const before = await holders(stage)
    for (const limit of [1, 2, 100]) {
      await rebuild(stage, [name, tag, to], limit)
      same(await holders(stage), before)
    }
    await stage.reopen()
    same(await holders(stage), before)
  }),

  storeCase("values that were not looked up are found by what they were at every t", async stage => {
    const write = writer()
    await stage.done(
      write.put("a", { note: "x" }),
      write.put("b", { note: "x" }),
      write.put("a", { note: "y" }),
      write.put("b", null),
      write.put("a", { note: "x" }),
    )
    same(await stage.store.entities.holders("Thing/note", "x"), [])
    await rebuild(stage, [note], 1)
    const { entities } = stage.store
    const found = await Promise.all(upTo(5).map(async t => entities.holdersAt("Thing/note", "x", t)))
    same(found, [["a"], ["a", "b"], ["b"], [], ["a"]])
    same(await entities.wasHeld("Thing/note", "y"), true)
  }),

  storeCase("values that are no longer looked up are gone, and right when they come back", async stage => {
    const write = await history(stage)
    await rebuild(stage, [{ ...name, lookup: false }], 2)
    same(await stage.store.entities.wasHeld("Thing/name", "x"), false)
    same((await stage.store.entities.holders("Thing/tag", 2)).length, 1)
    // While nobody looks them up, nobody writes their rows either.
    const unlooked = write.put("c", { name: "w" })
    await stage.done({ ...unlooked, changes: unlooked.changes.map(change => ({ ...change, values: [] })) })
    await rebuild(stage, [name], 2)
    same(await stage.store.entities.holders("Thing/name", "w"), ["c"])
    same(await stage.store.entities.holdersAt("Thing/name", "x", 1), ["a"])
  }),
]

async function history(stage: Stage) {
  const write = writer()
  await stage.done(
    write.puts([
      ["a", { name: "x", tag: [1, 2], to: "b" }],
      ["b", { name: "y" }],
    ]),
    write.put("a", { name: "z", tag: [2, 3], to: "nobody" }),
    write.put("b", { name: "x", tag: [2] }),
    write.put("b", null),
    write.put("a", { name: "z" }),
    write.put("c", { tag: [2] }),
  )
  return write
}

async function rebuild(stage: Stage, attributes: readonly FactAttribute[], limit: number): Promise<void> {
  let after: number | null = 0
  while (after !== null) after = await stage.store.maintenance.rebuildValues(attributes, after, limit)
}

async function holders({ store }: Stage): Promise<unknown> {
  const asked: [string, string | number][] = [
    ...["x", "y", "z"].map((value): [string, string] => ["Thing/name", value]),
    ...[1, 2, 3].map((value): [string, number] => ["Thing/tag", value]),
    ...["b", "nobody"].map((value): [string, string] => ["Thing/to", value]),
  ]
  const answers = asked.flatMap(([attribute, value]) => {
    return upTo(6).map(async t => store.entities.holdersAt(attribute, value, t))
  })
  return Promise.all(answers)
}

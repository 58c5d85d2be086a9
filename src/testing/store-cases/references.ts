import { ok } from "node:assert/strict"
import { kinds, same, storeCase, type StoreCase } from "../store-case.ts"
import { aChange, anEvent, aTransaction, writer } from "../writes.ts"

const unreferenced = [{ attribute: "Thing/to", id: "a" }]

/** Nobody is left pointing at what is retracted, whoever came to point there, and when. */
export const referenceCases: readonly StoreCase[] = [
  storeCase("a retraction drops out where somebody points there whom it knows nothing of", async stage => {
    const write = writer()
    await stage.done(write.put("a", {}), write.put("b", { to: "a" }))
    const outcomes = await stage.commit(write.put("a", null, { unreferenced }), write.put("c", {}))
    same(kinds(outcomes), ["conflict", "done"])
    same((await stage.store.entities.at("a", await stage.store.basis()))?.id, "a")
    const [outcome] = outcomes
    ok(outcome?.kind === "conflict" && !outcome.unique)
    ok(!JSON.stringify(outcome).includes('"b"'), `it says who: ${JSON.stringify(outcome)}`)
  }),

  storeCase("a retraction that takes the refs from those who have them is done", async stage => {
    const write = writer()
    await stage.done(write.put("a", {}), write.put("b", { to: ["a", "c"] }), write.put("d", { to: "a" }))
    const all = write.puts(
      [
        ["a", null],
        ["b", { to: "c" }],
        ["d", null],
      ],
      { unreferenced: [...unreferenced, { attribute: "Thing/to", id: "d" }] },
    )
    await stage.done(all)
    same(await stage.store.entities.holders("Thing/to", "a"), [])
    same(await stage.store.entities.holders("Thing/to", "c"), ["b"])
  }),

  storeCase("a ref that came or went in the same batch counts for a retraction", async stage => {
    const write = writer()
    await stage.done(write.put("a", {}), write.put("b", { to: "a" }))
    const outcomes = await stage.commit(
      write.put("b", { size: 1 }),
      write.put("c", { to: "a" }),
      aTransaction({
        id: "too early",
        events: [anEvent({ stream: { id: "a", version: 2 }, kind: "retracted" })],
        changes: [aChange("a", {}, null)],
        unreferenced,
      }),
      write.put("c", {}),
      write.put("a", null, { unreferenced }),
    )
    same(kinds(outcomes), ["done", "done", "conflict", "done", "done"])
    same((await stage.store.entities.heads(["a"]))[0]?.document, null)
  }),

  storeCase("an entity that points at itself, or was pointed at once, is retracted", async stage => {
    const write = writer()
    await stage.done(write.put("a", {}), write.put("b", { to: "a" }), write.put("b", {}), write.put("a", { to: "a" }))
    await stage.done(write.put("a", null, { unreferenced }))
    same(await stage.store.entities.holders("Thing/to", "a"), [])
    same(await stage.store.entities.holdersAt("Thing/to", "a", 2), ["b"])
  }),

  storeCase("a value that was looked for and came to be had since drops out what rests on it", async stage => {
    // Where nobody else can commit, what was looked for is as it was.
    if (!stage.store.leases.isShared) return
    const write = writer()
    await stage.done(write.put("a", {}), write.put("b", { to: "a", tag: "x" }))
    let asked = 0
    const resting = async (t: number, attribute: string, value: string) => {
      const sought = { t, values: [{ attribute, value }] }
      return kinds(await stage.commit(write.put(`c${asked++}`, {}, { sought })))[0]
    }
    same(await resting(2, "Thing/to", "a"), "done")
    same([await resting(1, "Thing/to", "a"), await resting(1, "Thing/tag", "x")], ["conflict", "conflict"])
    same([await resting(1, "Thing/to", "b"), await resting(1, "Thing/tag", "y")], ["done", "done"])
    await stage.done(write.put("b", {}))
    same([await resting(1, "Thing/to", "a"), await resting(1, "Thing/tag", "x")], ["done", "done"])
    // What came earlier in its own batch was known to whoever decided it.
    const t = await stage.store.basis()
    const sought = { t, values: [{ attribute: "Thing/to", value: "a" }] }
    const both = [write.put("b", { to: "a" }), write.put("c", { to: "a" }, { sought })]
    same(kinds(await stage.commit(...both)), ["done", "done"])
    const [outcome] = await stage.commit(write.put("c", {}, { sought }))
    ok(outcome?.kind === "conflict" && !outcome.unique && !JSON.stringify(outcome).includes('"b"'))
  }),

  storeCase("a number that is nobody's key is pointed at by nobody", async stage => {
    await stage.done(writer().put("a", { to: "a" }))
    const [a = null] = await stage.store.facts.keys(["a"])
    const to = { fullName: "Thing/to", name: "to", types: ["Thing"], type: "ref", many: true, lookup: true } as const
    const pointing = async (values: readonly number[]) => stage.store.facts.facts(to, { values }, { t: 1 }, 10)
    same(await pointing([0, 1_000_000, a! + 0.5, -1, 1e300]), [])
    same(await pointing([0, a!]), [[a, a]])
  }),
]

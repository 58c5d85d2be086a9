import { ok } from "node:assert/strict"
import { kinds, same, storeCase, type StoreCase } from "../store-case.ts"
import { writer } from "../writes.ts"

/** No two entities have the same unique value at the same t. */
export const uniqueCases: readonly StoreCase[] = [
  storeCase("of two that take the same unique value in one batch the first has it", async stage => {
    const write = writer()
    const outcomes = await stage.commit(
      write.put("a", { name: "x" }),
      write.put("b", { name: "x" }),
      write.put("c", {}),
    )
    same(kinds(outcomes), ["done", "conflict", "done"])
    same(await stage.store.entities.holders("Thing/name", "x"), ["a"])
  }),

  storeCase("two entities of one transaction may not have the same unique value", async stage => {
    const both = writer().puts([
      ["a", { name: "x" }],
      ["b", { name: "x" }],
    ])
    same(kinds(await stage.commit(both)), ["conflict"])
    same(await stage.store.basis(), 0)
  }),

  storeCase("a unique value is free after its holder was retracted", async stage => {
    const write = writer()
    await stage.done(write.put("a", { name: "x" }))
    await stage.done(write.put("a", null))
    await stage.done(write.put("b", { name: "x" }))
    same(await stage.store.entities.holders("Thing/name", "x"), ["b"])
    same(await stage.store.entities.holdersAt("Thing/name", "x", 1), ["a"])
    same(await stage.store.entities.holdersAt("Thing/name", "x", 2), [])
  }),

  storeCase("a unique value is free after its holder took another, in the same batch too", async stage => {
    const write = writer()
    await stage.done(write.put("a", { name: "x" }), write.put("a", { name: "y" }), write.put("b", { name: "x" }))
    same(await stage.store.entities.holders("Thing/name", "x"), ["b"])
    same(await stage.store.entities.holders("Thing/name", "y"), ["a"])
  }),

  storeCase("two entities may exchange their unique values within one transaction", async stage => {
    const write = writer()
    await stage.done(
      write.puts([
        ["a", { name: "x" }],
        ["b", { name: "y" }],
      ]),
    )
    await stage.done(
      write.puts([
        ["a", { name: "y" }],
        ["b", { name: "x" }],
      ]),
    )
    same(await stage.store.entities.holders("Thing/name", "x"), ["b"])
    same(await stage.store.entities.holders("Thing/name", "y"), ["a"])
    same(await stage.store.entities.holdersAt("Thing/name", "x", 1), ["a"])
  }),

  storeCase("an entity keeps its unique value through a change of something else", async stage => {
    const write = writer()
    await stage.done(write.put("a", { name: "x", size: 1 }), write.put("a", { name: "x", size: 2 }))
    same(kinds(await stage.commit(write.put("b", { name: "x" }))), ["conflict"])
  }),

  storeCase("the same value of an attribute that is not unique may have many holders", async stage => {
    const write = writer()
    await stage.done(write.put("a", { tag: "x" }), write.put("b", { tag: "x" }), write.put("c", { tag: "x" }))
    same(await stage.store.entities.holders("Thing/tag", "x"), ["a", "b", "c"])
  }),

  storeCase("unique text differs by case, by space and by the way an accent is written", async stage => {
    const write = writer()
    const names = ["x", "X", "x ", " x", "é", "e\u0301", "1"]
    await stage.done(...names.map((name, i) => write.put(`thing-${i}`, { name })))
    const holders = await Promise.all(names.map(async name => stage.store.entities.holders("Thing/name", name)))
    same(
      holders,
      names.map((_, i) => [`thing-${i}`]),
    )
  }),

  storeCase("the conflict over a unique value never says who holds it", async stage => {
    const write = writer()
    await stage.done(write.put("the-secret-holder", { name: "x" }))
    const [outcome] = await stage.commit(write.put("b", { name: "x" }))
    ok(outcome?.kind === "conflict" && outcome.unique)
    ok(!JSON.stringify(outcome).includes("the-secret-holder"), `it says so: ${JSON.stringify(outcome)}`)
  }),

  storeCase("a unique value is still taken after the store was opened again", async stage => {
    await stage.done(writer("one").put("a", { name: "x" }))
    await stage.reopen()
    same(kinds(await stage.commit(writer("two").put("b", { name: "x" }))), ["conflict"])
  }),
]

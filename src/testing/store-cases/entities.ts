import { deepStrictEqual } from "node:assert/strict"
import { allPages, same, storeCase, upTo, type StoreCase } from "../store-case.ts"
import { aTransaction, anEvent, writer } from "../writes.ts"

/** Entities as they are from t on, and the values that are looked up. */
export const entityCases: readonly StoreCase[] = [
  storeCase("heads come in the order asked, also of what never was, and twice if asked twice", async stage => {
    const write = writer()
    await stage.done(write.put("a", { n: 1 }), write.put("b", { n: 2 }), write.put("a", { n: 3 }))
    const a = { id: "a", type: "Thing", version: 2, t: 3, document: { n: 3 } }
    const b = { id: "b", type: "Thing", version: 1, t: 2, document: { n: 2 } }
    const none = { id: "none", type: "", version: 0, t: 0, document: null }
    same(await stage.store.entities.heads(["b", "none", "a", "b"]), [b, none, a, b])
    same(await stage.store.entities.heads([]), [])
  }),

  storeCase("heads of more entities than one statement may name come all the same", async stage => {
    const write = writer()
    await stage.done(write.puts(upTo(1_500).map(i => [`thing-${i}`, { i }] as const)))
    const heads = await stage.store.entities.heads(upTo(3_000).map(i => `thing-${i}`))
    same(
      heads.map(head => head.version),
      upTo(3_000).map(i => (i <= 1_500 ? 1 : 0)),
    )
  }),

  storeCase(
    "a rejection makes the stream longer and changes nothing, and a retracted entity keeps its stream",
    async stage => {
      const write = writer()
      await stage.done(write.put("a", { n: 1 }), write.reject("a"), write.put("b", { n: 1 }), write.put("b", null))
      same(await stage.store.entities.heads(["a", "b"]), [
        { id: "a", type: "Thing", version: 2, t: 1, document: { n: 1 } },
        { id: "b", type: "Thing", version: 2, t: 4, document: null },
      ])
    },
  ),

  storeCase("a stream of rejections alone has a version and no entity", async stage => {
    await stage.done(writer().reject("a"))
    const [head] = await stage.store.entities.heads(["a"])
    same([head?.type, head?.version, head?.document], ["Thing", 1, null])
    same(await stage.store.entities.at("a", 1), null)
    same(await stage.store.entities.versions("a"), [])
    same(await stage.store.entities.ids("Thing", 1, { limit: 10 }), [])
  }),

  storeCase("an entity is asked for as of any t, long after", async stage => {
    const write = writer()
    await stage.done(write.put("other", {}), write.put("a", { n: 1 }), write.put("other", {}), write.put("a", { n: 2 }))
    await stage.done(write.put("a", null), write.put("a", { n: 3 }))
    const at = async (t: number) => stage.store.entities.at("a", t)
    const a = { id: "a", type: "Thing", createdT: 2 }
    same([await at(0), await at(1)], [null, null])
    same([await at(2), await at(3)], Array(2).fill({ ...a, fromT: 2, document: { n: 1 } }))
    same([await at(4), await at(5)], [{ ...a, fromT: 4, document: { n: 2 } }, null])
    same([await at(6), await at(99)], Array(2).fill({ ...a, fromT: 6, document: { n: 3 } }))
    same(await stage.store.entities.versions("a"), [
      { fromT: 2, document: { n: 1 } },
      { fromT: 4, document: { n: 2 } },
      { fromT: 5, document: null },
      { fromT: 6, document: { n: 3 } },
    ])
  }),

  storeCase("holders are asked for as of any t", async stage => {
    const write = writer()
    await stage.done(write.put("a", { tag: "x" }), write.put("b", { tag: ["x", "y"] }), write.put("a", { tag: "y" }))
    await stage.done(write.put("b", null), write.put("a", { tag: "x" }))
    const holders = async (tag: string) =>
      Promise.all(upTo(6).map(async t => stage.store.entities.holdersAt("Thing/tag", tag, t)))
    same(await holders("x"), [["a"], ["a", "b"], ["b"], [], ["a"], ["a"]])
    same(await holders("y"), [[], ["b"], ["a", "b"], ["a"], [], []])
    same(await stage.store.entities.holders("Thing/tag", "x"), ["a"])
    same(await stage.store.entities.holdersAt("Thing/tag", "x", 0), [])
  }),

  storeCase("the holders of many values are asked for at once, in the order of the question", async stage => {
    const write = writer()
    await stage.done(write.put("b", { tag: ["x", 7], to: "a" }), write.put("a", { tag: ["x", "7"] }))
    await stage.done(write.put("c", { tag: "z" }), write.put("c", null))
    const values = [
      ["Thing/tag", "z"],
      ["Thing/tag", 7],
      ["Thing/tag", "x"],
      ["Nothing/never", "x"],
      ["Thing/to", "a"],
      ["Thing/tag", "x"],
      ["Thing/tag", "7"],
    ] as const
    const { entities } = stage.store
    same(await entities.holdersOf(values), [[], ["b"], ["b", "a"], [], ["b"], ["b", "a"], ["a"]])
    same(await entities.holdersOf([]), [])
  }),

  storeCase("it is known for good whether anybody ever had a value", async stage => {
    const write = writer()
    await stage.done(write.put("a", { tag: "x", to: "b" }), write.put("a", { tag: "y", to: "c" }), write.put("a", null))
    await stage.reopen()
    const { entities } = stage.store
    same([await entities.wasHeld("Thing/tag", "x"), await entities.wasHeld("Thing/tag", "y")], [true, true])
    same([await entities.wasHeld("Thing/to", "b"), await entities.wasHeld("Thing/to", "d")], [true, false])
    same([await entities.wasHeld("Thing/tag", "z"), await entities.wasHeld("Nothing/never", "x")], [false, false])
  }),

  storeCase("holders come in order of their creation, not of when they took the value", async stage => {
    const write = writer()
    await stage.done(write.put("z", {}), write.put("m", {}), write.put("a", {}))
    await stage.done(write.put("a", { tag: 1 }), write.put("m", { tag: 1 }), write.put("z", { tag: 1 }))
    same(await stage.store.entities.holders("Thing/tag", 1), ["z", "m", "a"])
    same(await stage.store.entities.holdersAt("Thing/tag", 1, 5), ["m", "a"])
  }),

  storeCase("a reference is a value that is looked up from its target, whether that is there or not", async stage => {
    const write = writer()
    await stage.done(write.put("a", { to: ["b", "nobody"] }), write.put("b", { to: "a" }), write.put("c", { to: "b" }))
    same(await stage.store.entities.holders("Thing/to", "b"), ["a", "c"])
    same(await stage.store.entities.holders("Thing/to", "a"), ["b"])
    same(await stage.store.entities.holders("Thing/to", "nobody"), ["a"])
    same(await stage.store.entities.heads(["nobody"]), [{ id: "nobody", type: "", version: 0, t: 0, document: null }])
    same((await stage.store.log.streams({ limit: 10 })).length, 3)
    await stage.done(write.put("a", { to: "nobody" }), write.put("nobody", { to: "nobody" }))
    same(await stage.store.entities.holders("Thing/to", "b"), ["c"])
    same(await stage.store.entities.holders("Thing/to", "nobody"), ["a", "nobody"])
    same((await stage.store.entities.heads(["nobody"]))[0]?.version, 1)
  }),

  storeCase("a value is what it is: text is not a number, and numbers are not rounded", async stage => {
    const write = writer()
    const tags = [1, "1", 1.5, -1, 0, "", "true", "1.0", 2 ** 53 - 1, -(2 ** 53) + 1, 1e308, 5e-324, 0.1 + 0.2]
    await stage.done(...tags.map((tag, i) => write.put(`thing-${i}`, { tag })))
    const holders = await Promise.all(tags.map(async tag => stage.store.entities.holders("Thing/tag", tag)))
    same(
      holders,
      tags.map((_, i) => [`thing-${i}`]),
    )
  }),

  storeCase("true and false are values", async stage => {
    const write = writer()
    await stage.done(write.put("a", { tag: true }), write.put("b", { tag: false }), write.put("c", { tag: true }))
    same(await stage.store.entities.holders("Thing/tag", true), ["a", "c"])
    same(await stage.store.entities.holders("Thing/tag", false), ["b"])
  }),

  storeCase("nobody holds a value that was never written, of an attribute that was never named", async ({ store }) => {
    same(await store.entities.holders("Nothing/never", "x"), [])
    same(await store.entities.holdersAt("Nothing/never", 1, 1), [])
    same(await store.entities.ids("Nothing", 1, { limit: 10 }), [])
    same(await store.entities.versions("nobody"), [])
  }),

  storeCase("the ids of a type are listed as of any t, in order of creation, page by page", async stage => {
    const write = writer()
    await stage.done(...upTo(9).map(i => write.put(`thing-${10 - i}`, { i })))
    await stage.done(write.put("thing-5", null), write.put("thing-9", { changed: true }))
    const other = anEvent({ stream: { id: "other", type: "Other" }, kind: "created" })
    const change = { id: "other", type: "Other", document: {}, replaces: false, values: [] }
    await stage.done(aTransaction({ id: "other", events: [other], changes: [change] }))
    const ids = async (type: string, t: number, limit: number) =>
      allPages<string>(after => stage.store.entities.ids(type, t, { limit, ...(after !== undefined && { after }) }))
    const all = upTo(9).map(i => `thing-${10 - i}`)
    for (const limit of [1, 2, 3, 100]) {
      same(await ids("Thing", 9, limit), all)
      same(await ids("Thing", 4, limit), all.slice(0, 4))
      same(
        await ids("Thing", 12, limit),
        all.filter(id => id !== "thing-5"),
      )
      same(await ids("Other", 12, limit), ["other"])
      same(await ids("Other", 11, limit), [])
    }
  }),

  storeCase("several entities of one transaction are listed once each, page by page", async stage => {
    const things = upTo(7).map(i => [`thing-${(i * 5) % 7}`, { tag: "x" }] as const)
    await stage.done(writer().puts(things))
    const paged = await allPages<string>(after =>
      stage.store.entities.ids("Thing", 1, { limit: 2, ...(after !== undefined && { after }) }),
    )
    deepStrictEqual(paged, [...(await stage.store.entities.ids("Thing", 1, { limit: 100 }))])
    same(paged.toSorted(), things.map(([id]) => id).toSorted())
    same(await stage.store.entities.holders("Thing/tag", "x"), paged)
  }),

  storeCase("what is asked as of t says the same however much is written after", async stage => {
    const write = writer()
    await stage.done(write.put("a", { name: "x", to: "b" }), write.put("b", { tag: 1 }))
    const ask = async () => [
      await stage.store.entities.at("a", 2),
      await stage.store.entities.holdersAt("Thing/name", "x", 2),
      await stage.store.entities.holdersAt("Thing/to", "b", 2),
      await stage.store.entities.ids("Thing", 2, { limit: 10 }),
    ]
    const before = await ask()
    await stage.done(write.put("a", { name: "y" }), write.put("b", null), write.put("c", { name: "x", to: "b" }))
    same(await ask(), before)
    await stage.reopen()
    same(await ask(), before)
  }),
]

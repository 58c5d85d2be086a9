import type { Document } from "../../kernel/entity.ts"
import type { EntityKey, FactAttribute } from "../../ports/facts.ts"
import type { EntityChange, TransactionWrite } from "../../ports/write.ts"
import { allPages, same, storeCase, upTo, type StoreCase } from "../store-case.ts"
import { aTransaction, anEvent, writer } from "../writes.ts"
import { asking, inOrder, inOrderOfKeys, keysOf, note, pairs, tag, to } from "./asking.ts"

/** Entities and the values of their attributes, many at once and as of any t. */
export const factCases: readonly StoreCase[] = [
  storeCase("every id that was mentioned has one key for good, and no other has one", async stage => {
    const write = writer()
    await stage.done(write.put("a", { to: ["b"] }), write.put("b", {}), write.reject("c"))
    await stage.done(write.put("nobody", {}), write.put("nobody", null))
    const ids = ["c", "nobody", "a", "b", "a"]
    const keys = await keysOf(stage, ids)
    same(new Set(keys).size, 4)
    same(await stage.store.facts.ids(keys), ids)
    same(await stage.store.facts.keys(["never", "a", "A"]), [null, keys[2]!, null])
    await stage.done(write.put("a", null), write.put("d", {}))
    await stage.reopen()
    same(await keysOf(stage, ids), keys)
    same([await stage.store.facts.keys([]), await stage.store.facts.ids([])], [[], []])
  }),

  storeCase(
    "entities come by their keys as of any t, and so do their types and when they were last seen",
    async stage => {
      const write = writer()
      await stage.done(write.reject("nobody"), write.put("a", { n: 1 }), write.put("a", { n: 2 }))
      await stage.done(write.put("a", null), write.put("other", {}), write.put("a", { n: 3 }))
      const [a, nobody] = await keysOf(stage, ["a", "nobody"])
      const { facts } = stage.store
      const at = async (t: number) => (await facts.entities([a!], t))[0]
      const thing = { key: a, id: "a", type: "Thing", createdT: 2 }
      same([await at(0), await at(1), await at(4), await at(5)], [null, null, null, null])
      same(await at(2), { ...thing, fromT: 2, document: { n: 1 } })
      same(await at(3), { ...thing, fromT: 3, document: { n: 2 } })
      same([await at(6), await at(99)], Array(2).fill({ ...thing, fromT: 6, document: { n: 3 } }))
      const each = async <Answer>(ask: (t: number) => Answer) => Promise.all(upTo(7).map(async t => ask(t)))
      same(await each(async t => (await facts.types([a!], t))[0]), [
        null,
        "Thing",
        "Thing",
        null,
        null,
        "Thing",
        "Thing",
      ])
      same(await each(async t => (await facts.lastSeen([a!], t))[0]), [null, 2, 3, 3, 3, 6, 7])
      same([await facts.types([nobody!], 9), await facts.lastSeen([nobody!], 9)], [[null], [null]])
      same(await facts.entities([nobody!, a!], 9), [null, { ...thing, fromT: 6, document: { n: 3 } }])
    },
  ),

  storeCase("the entities of a type come in order of their keys, page by page, as of any t", async stage => {
    const write = writer()
    await stage.done(write.put("first", { to: "thing-3" }), ...upTo(9).map(i => write.put(`thing-${i}`, { i })))
    await stage.done(put("other", "Other", {}), write.put("thing-5", null))
    const list = async (type: string, t: number, limit: number) =>
      allPages<EntityKey>(after => stage.store.facts.ofType(type, t, { limit, ...(after && { after }) }))
    const all = await keysOf(stage, ["first", ...upTo(9).map(i => `thing-${i}`)])
    for (const limit of [1, 2, 3, 100]) {
      same(await list("Thing", 11, limit), inOrder(all))
      same(await list("Thing", 4, limit), inOrder(all.slice(0, 4)))
      same(await list("Thing", 12, limit), inOrder(all.toSpliced(5, 1)))
      same(await list("Other", 12, limit), await keysOf(stage, ["other"]))
      same(await list("Nothing", 12, limit), [])
    }
  }),

  storeCase(
    "the facts of a looked-up attribute are found by entity, by value, by both, and as of any t",
    async stage => {
      const write = writer()
      await stage.done(write.put("a", { tag: ["x", "y"] }), write.put("b", { tag: "x" }), write.put("a", { tag: "y" }))
      await stage.done(write.put("b", null), write.put("b", { tag: "x" }), write.put("a", { tag: ["x", "y"] }))
      const [a, b] = await keysOf(stage, ["a", "b"])
      const found = asking(stage, tag)
      same(await found({}, 6), pairs([a, "x"], [a, "y"], [b, "x"]))
      same(await found({}, 2), pairs([a, "x"], [a, "y"], [b, "x"]))
      same(await found({}, 4), pairs([a, "y"]))
      same(await found({ entities: [a!] }, 1), pairs([a, "x"], [a, "y"]))
      same(await found({ entities: [b!] }, 4), [])
      same(await found({ values: ["x"] }, 3), pairs([b, "x"]))
      same(await found({ values: ["x", "y", "z"] }, 3), pairs([a, "y"], [b, "x"]))
      same(await found({ entities: [a!, b!, a!], values: ["y", "y"] }, 6), pairs([a, "y"]))
      const nobody = [{ entities: [] }, { entities: [999_999] }, { values: [] }, { values: ["z"] }]
      for (const filter of nobody) same(await found(filter, 6), [])
    },
  ),

  storeCase("a ref's value is the key of its target, whether that is there or not", async stage => {
    const write = writer()
    await stage.done(write.put("a", { to: ["b", "nobody"] }), write.put("b", { to: "a" }), write.put("c", { to: "b" }))
    const nobodys = [write.put("nobody", {}), write.put("nobody", null)]
    const [a, b, c, nobody] = await keysOf(stage, ["a", "b", "c", "nobody"], nobodys)
    const found = asking(stage, to)
    same(await found({}, 3), pairs([a, b], [a, nobody], [b, a], [c, b]))
    same(await found({ entities: [a!] }, 3), pairs([a, b], [a, nobody]))
    same(await found({ values: [b!] }, 3), pairs([a, b], [c, b]))
    same(await found({ values: [nobody!, a!], entities: [a!, b!] }, 3), pairs([a, nobody], [b, a]))
    same(await found({ values: ["b"] }, 3), [])
    same(await found({}, 3, 2), pairs([c, b]))
    same(await found({ entities: [c!] }, 3, 2), pairs([c, b]))
  }),

  storeCase("values are found by what they are: neither a text nor a truth is a number", async stage => {
    const values = [1, "1", 1.5, 0.1 + 0.2, "true", "", "ä", "a\u0301", 2 ** 53 - 1, "x".repeat(2_000), 'say "\\"']
    const write = writer()
    await stage.done(...values.map((value, i) => write.put(`thing-${i}`, { tag: value, note: value })))
    const keys = await keysOf(
      stage,
      values.map((_, i) => `thing-${i}`),
    )
    for (const attribute of [tag, note]) {
      const found = asking(stage, attribute)
      same(await found({}, 99), inOrderOfKeys(values.map((value, i) => [keys[i]!, value])))
      for (const [i, value] of values.entries()) {
        same(await found({ values: [value] }, 99), pairs([keys[i], value]))
        same(await found({ entities: [keys[i]!] }, 99), pairs([keys[i], value]))
        same(await found({ entities: [keys[i]!] }, 99, i), pairs([keys[i], value]))
      }
      same(await found({ values }, 99), inOrderOfKeys(values.map((value, i) => [keys[i]!, value])))
      same(await found({ values: [true, false, "1.5", "A"] }, 99), [])
    }
  }),

  storeCase("truths come back as truths, and are not found as numbers", async stage => {
    const write = writer()
    await stage.done(write.put("a", { tag: true, note: true }), write.put("b", { tag: false, note: false }))
    const [a, b] = await keysOf(stage, ["a", "b"])
    for (const attribute of [
      { ...tag, type: "boolean" },
      { ...note, type: "boolean" },
    ] as const) {
      const found = asking(stage, attribute)
      same(await found({}, 2), pairs([a, true], [b, false]))
      same(await found({ entities: [a!, b!] }, 2), pairs([a, true], [b, false]))
      same(await found({ values: [false] }, 2), pairs([b, false]))
      same(await found({ values: [1, 0, "true"] }, 2), [])
    }
  }),

  storeCase("the facts of an attribute that only documents have are found the same way", async stage => {
    const write = writer()
    const deep = { b: [1, { c: null }], a: "ä" }
    await stage.done(write.put("a", { note: deep }), write.put("b", { note: "x" }), write.put("a", { note: "x" }))
    await stage.done(write.put("b", null), write.put("b", { note: "x" }), write.put("c", {}))
    const [a, b, c] = await keysOf(stage, ["a", "b", "c"])
    const found = asking(stage, { ...note, many: false })
    same(await found({}, 2), pairs([a, deep], [b, "x"]))
    same(await found({}, 4), pairs([a, "x"]))
    same(await found({ values: [{ a: "ä", b: [1, { c: null }] }] }, 2), pairs([a, deep]))
    same(await found({ values: ["x"] }, 6), pairs([a, "x"], [b, "x"]))
    same(await found({ entities: [a!, c!, a!] }, 6), pairs([a, "x"]))
    same(await found({ entities: [b!], values: ["y", "x"] }, 6), pairs([b, "x"]))
    same(await found({}, 6, 2), pairs([a, "x"], [b, "x"]))
    same(await found({ entities: [a!, b!] }, 6, 3), pairs([b, "x"]))
    same(await found({ entities: [a!, b!] }, 6, 5), [])
    same(await found({ entities: [b!] }, 6, 4), pairs([b, "x"]))
  }),

  storeCase("each value of a list is a fact of its own, once", async stage => {
    const write = writer()
    await stage.done(write.put("a", { note: ["x", "y", "x"], tag: ["x", "y"] }), write.put("a", { note: ["y", "z"] }))
    const [a] = await keysOf(stage, ["a"])
    const found = asking(stage, note)
    same(await found({}, 1), pairs([a, "x"], [a, "y"]))
    same(await found({ values: ["y"] }, 2), pairs([a, "y"]))
    same(await found({}, 2, 1), pairs([a, "z"]))
    same(await asking(stage, tag)({ entities: [a!] }, 1), pairs([a, "x"], [a, "y"]))
    same(await asking(stage, { ...note, types: ["Other"] })({ entities: [a!] }, 1), [])
  }),

  storeCase("an attribute of an abstract has the facts of all its variants", async stage => {
    const change = { attribute: "Pet/race", value: "tabby", ref: false, unique: false, added: true }
    await stage.done(put("cat", "Cat", { race: "tabby", note: "x" }, [change]))
    await stage.done(put("dog", "Dog", { race: "tabby", note: "x" }, [change]), put("car", "Car", { note: "x" }))
    const [cat, dog] = await keysOf(stage, ["cat", "dog"])
    const types = ["Cat", "Dog"]
    const race: FactAttribute = { ...tag, fullName: "Pet/race", name: "race", types, many: false }
    for (const filter of [{}, { entities: [cat!, dog!] }]) {
      same(await asking(stage, race)(filter, 3), pairs([cat, "tabby"], [dog, "tabby"]))
      same(await asking(stage, { ...note, types, many: false })(filter, 3), pairs([cat, "x"], [dog, "x"]))
      same(await asking(stage, race)(filter, 3, 1), pairs([dog, "tabby"]))
    }
    same(await stage.store.facts.types([dog!, cat!], 3), ["Dog", "Cat"])
  }),

  storeCase("thousands are asked for at once, and no more facts come than were asked for", async stage => {
    const ids = upTo(2_500).map(i => `thing-${i}`)
    await stage.done(writer().puts(ids.map((id, i) => [id, { tag: i, note: `note ${i}`, to: ids[i % 7]! }] as const)))
    const keys = await keysOf(stage, ids)
    const { facts } = stage.store
    same(await facts.ids(keys), ids)
    same(
      (await facts.entities(keys, 1)).map(entity => entity?.id),
      ids,
    )
    same([...new Set(await facts.types(keys, 1))], ["Thing"])
    same([...new Set(await facts.lastSeen(keys, 1))], [1])
    const targets = keys.slice(0, 7)
    for (const [attribute, values] of [
      [tag, upTo(2_000)],
      [note, upTo(2_000).map(i => `note ${i}`)],
      [to, targets],
    ] as const) {
      const count = attribute === to ? 2_500 : 2_000
      for (const filter of [{ values }, { values, entities: keys }]) {
        same((await facts.facts(attribute, filter, { t: 1 }, 9_999)).length, count)
        same((await facts.facts(attribute, filter, { t: 1 }, 300)).length, 300)
      }
      for (const filter of [{}, { entities: keys }]) {
        same((await facts.facts(attribute, filter, { t: 1 }, 9_999)).length, 2_500)
        same((await facts.facts(attribute, filter, { t: 1 }, 1)).length, 1)
      }
    }
  }),

  storeCase("of an attribute and of types that were never named there are no facts", async stage => {
    const never = { fullName: "Nothing/never", name: "never", types: ["Nothing"] }
    const [a] = await keysOf(stage, ["a"], [writer().put("a", { tag: "x" })])
    for (const attribute of [
      { ...tag, ...never },
      { ...note, ...never },
      { ...to, ...never },
    ]) {
      for (const filter of [{}, { entities: [a!] }, { values: attribute.type === "ref" ? [a!] : ["x"] }]) {
        same(await asking(stage, attribute)(filter, 1), [])
      }
    }
  }),
]

/** A transaction that creates an entity of any type. */
function put(id: string, type: string, document: Document, values: EntityChange["values"] = []): TransactionWrite {
  const events = [anEvent({ stream: { id, type }, kind: "created" })]
  return aTransaction({ id, events, changes: [{ id, type, document, replaces: false, values }] })
}

import { deepStrictEqual, ok } from "node:assert/strict"
import type { Document } from "../../kernel/entity.ts"
import { kinds, same, storeCase, upTo, type StoreCase } from "../store-case.ts"
import { aChange, aDelivery, aPage, aParked, aTransaction, anEvent, anInstance, writer } from "../writes.ts"
import { wholeLog } from "./expected.ts"

const oddIds = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "0",
  "-1",
  "null",
  "a'b\"c`d",
  "'; DROP TABLE events; --",
  "%_\\",
  "../../etc",
  "ümläut ß 漢字",
  "e\u0301",
  "é",
  " ",
  "x".repeat(200),
  `${"🐝".repeat(98)}"'x`,
  "\ufeffbom",
  "\u200b",
  "a:b:c",
]

/** What nobody should do, or seldom does: it is kept all the same, or refused as a whole. */
export const misuseCases: readonly StoreCase[] = [
  storeCase(
    "ids with quotes, emoji, names of JavaScript's own, and 200 characters are ids like any other",
    async stage => {
      const write = writer()
      await stage.done(write.puts(oddIds.map(id => [id, { name: id, to: id, tag: "x" }] as const)))
      same(
        (await stage.store.entities.heads(oddIds)).map(head => [head.id, head.version]),
        oddIds.map(id => [id, 1]),
      )
      for (const id of oddIds) {
        same((await stage.store.entities.at(id, 1))?.document?.["name"], id)
        same(await stage.store.entities.holders("Thing/name", id), [id])
        same(await stage.store.entities.holders("Thing/to", id), [id])
        same((await stage.store.log.stream(id, 1, 10)).events.length, 1)
      }
      same((await stage.store.entities.ids("Thing", 1, { limit: 100 })).toSorted(), oddIds.toSorted())
      const unlike = await stage.store.entities.heads(["E\u0301", "X".repeat(200), "x".repeat(199), "", "1"])
      same(
        unlike.map(head => head.version),
        [0, 0, 0, 0, 0],
      )
    },
  ),

  storeCase("commands, owners, timers, consumers, projections and rows may have odd names too", async stage => {
    const writes = oddIds.map(id =>
      aTransaction({
        instance: anInstance({ command: { id, type: id, target: { type: id, id }, data: {} }, owner: id, parent: id }),
        actor: id,
        timers: [{ id, due: 1, payload: { id } }],
      }),
    )
    await stage.done(...writes)
    for (const name of oddIds) {
      await stage.store.projections.begin(name, 1)
      await stage.done(
        aPage({ name, rows: oddIds.map(key => [key, { key }] as const) }),
        aDelivery({ consumer: name, reached: 1, parked: [aParked({ consumer: name, entity: name })] }),
      )
    }
    same(
      (await stage.store.commands.find(oddIds)).map(found => found?.command.target?.id),
      oddIds,
    )
    same((await stage.store.timers.due(1, 100)).map(timer => timer.id).toSorted(), oddIds.toSorted())
    for (const name of oddIds) {
      same((await stage.store.commands.list({ owner: name, type: name, parent: name, limit: 9 })).length, 1)
      same((await stage.store.deliveries.find(name, 1, 0))?.entity, name)
      same([...(await stage.store.projections.rows(name, 1, [name]))], [[name, { key: name }]])
      same((await stage.store.projections.list(name, 1, { limit: 100 })).length, oddIds.length)
    }
  }),

  storeCase("a document keeps keys and values of every kind as they are", async stage => {
    // Written as text, because as a literal `__proto__` would not be a key.
    const text =
      '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":null,"":"empty","a.b":[[],{},[null]],' +
      '"big":9007199254740991,"small":5e-324,"huge":1e308,"minus":-0.1,"no":false,"zero":"\\u0000","half":"\\ud83d",' +
      '"lines":"a\\n\\r\\u2028b","quotes":"\'\\"`\\\\","ключ":"значение","10":1,"9":2}'
    const document = JSON.parse(text) as Document
    const write = writer().put("a", document)
    await stage.done(write)
    await stage.reopen()
    const seen = [
      (await stage.store.entities.at("a", 1))?.document,
      (await stage.store.entities.heads(["a"]))[0]?.document,
      (await wholeLog(stage.store))[0]?.event.data["document"],
    ]
    for (const found of seen) {
      same(JSON.stringify(found), JSON.stringify(document))
      ok(!("polluted" in {}) && Object.hasOwn(found as Document, "__proto__"), "__proto__ is not a key like any other")
    }
  }),

  storeCase("a key that is undefined is absent", async stage => {
    await stage.done(writer().put("a", { there: 1, not: undefined }))
    deepStrictEqual(Object.keys((await stage.store.entities.at("a", 1))!.document), ["there"])
  }),

  storeCase("what was handed in may be changed afterwards without changing what is kept", async stage => {
    const document = { list: [1] }
    const write = writer().put("a", document)
    const pending = stage.done(write)
    await pending
    document.list.push(2)
    same((await stage.store.entities.at("a", 1))?.document, { list: [1] })
    same((await stage.store.log.transaction(1))[0]?.event.data, { document: { list: [1] } })
  }),

  storeCase("a document of 500 KB is kept, and is read as of any t", async stage => {
    const write = writer()
    const large = (fill: string) => ({ name: fill, text: fill.repeat(250_000) })
    await stage.done(write.put("a", large("é")), write.put("a", large("z")))
    const texts = await Promise.all([1, 2].map(async t => (await stage.store.entities.at("a", t))?.document?.["text"]))
    ok(texts[0] === large("é").text && texts[1] === large("z").text, "the text came back otherwise")
  }),

  storeCase("a transaction of 4,000 events is one transaction and one page", async stage => {
    const things = upTo(4_000).map(i => [`thing-${i}`, { tag: i % 10 }] as const)
    await stage.done(writer("small").put("before", {}))
    await stage.done(writer("large").puts(things))
    const page = await stage.store.log.read(1, 10)
    same([page.events.length, page.reached, page.isEnd], [4_000, 2, true])
    same(page.events.at(-1)?.event.n, 3_999)
    same((await stage.store.log.transaction(2)).length, 4_000)
    same((await stage.store.entities.holders("Thing/tag", 3)).length, 400)
  }),

  storeCase("a stream of 2,000 events is read page by page", async stage => {
    const write = writer()
    await stage.done(...upTo(2_000).map(i => write.put("a", { i })))
    const { events, version } = await stage.store.log.stream("a", 1_991, 100)
    same([version, events.map(event => event.stream.version)], [2_000, upTo(2_000).slice(1_990)])
  }),

  storeCase("an entity of many values gives them all back when it is retracted", async stage => {
    const write = writer()
    const tags = upTo(500)
    await stage.done(write.put("a", { tag: tags }), write.put("b", { tag: tags }), write.put("a", null))
    same(await stage.store.entities.holders("Thing/tag", 77), ["b"])
    same(await stage.store.entities.holdersAt("Thing/tag", 77, 2), ["a", "b"])
  }),

  storeCase("one event in a wrong place spoils its whole transaction", async stage => {
    const events = upTo(50).map(i => anEvent({ stream: { id: "a", version: i === 40 ? 41 : i } }))
    const wrong = aTransaction({ id: "wrong", events, changes: [aChange("a", null, { name: "x" })] })
    same(kinds(await stage.commit(wrong)), ["conflict"])
    same(await stage.store.basis(), 0)
    same((await stage.store.entities.heads(["a"]))[0]?.version, 0)
  }),
]

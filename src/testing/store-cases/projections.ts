import type { Document } from "../../kernel/entity.ts"
import { allPages, same, storeCase, upTo, type Stage, type StoreCase } from "../store-case.ts"
import { aPage } from "../writes.ts"

/** The rows of read models, and how far each has got. */
export const projectionCases: readonly StoreCase[] = [
  storeCase("a version begins from nothing, with nothing reached, and is not read", async stage => {
    same(await stage.store.projections.progress(), [])
    await stage.store.projections.begin("sums", 1)
    same(await progress(stage), ["sums 1 at 0"])
    same(await stage.store.projections.list("sums", 1, { limit: 10 }), [])
  }),

  storeCase("a page's rows and its checkpoint are there together", async stage => {
    await stage.store.projections.begin("sums", 1)
    await stage.done(
      sums(5, [
        ["a", { n: 1 }],
        ["b", { n: 2 }],
      ]),
    )
    same([await rows(stage, 1), await progress(stage)], [{ a: { n: 1 }, b: { n: 2 } }, ["sums 1 at 5"]])
    await stage.done(
      sums(9, [
        ["a", null],
        ["b", { n: 3 }],
        ["never", null],
      ]),
    )
    same([await rows(stage, 1), await progress(stage)], [{ b: { n: 3 } }, ["sums 1 at 9"]])
    await stage.done(sums(12, []))
    same([await rows(stage, 1), await progress(stage)], [{ b: { n: 3 } }, ["sums 1 at 12"]])
  }),

  storeCase("keys and rows may hold every character there is, and keep their order", async stage => {
    const keys = [
      "",
      "\u0000",
      "\u0000\u0000",
      "\u0000a",
      "\u0001",
      "\u0001\u0000",
      "\u0001\u0001",
      "\u0001\u0002",
      "\u0002",
      "a\u0000",
      "a\u0000b",
      "ab",
    ]
    await stage.store.projections.begin("sums", 1)
    await stage.done(
      sums(
        1,
        keys.toReversed().map(key => [key, { text: `of ${key}` }] as const),
      ),
    )
    await stage.reopen()
    const listed = await stage.store.projections.list("sums", 1, { limit: 100 })
    same(
      listed.map(({ key, row }) => [key, row["text"]]),
      keys.map(key => [key, `of ${key}`]),
    )
    const behind = await stage.store.projections.list("sums", 1, { after: "\u0001", limit: 1 })
    same(
      behind.map(({ key }) => key),
      ["\u0001\u0000"],
    )
    same([...(await stage.store.projections.rows("sums", 1, ["a\u0000b", "a\u0001"])).keys()], ["a\u0000b"])
    await stage.done(
      sums(
        2,
        keys.slice(1).map(key => [key, null] as const),
      ),
    )
    same(await rows(stage, 1), { "": { text: "of " } })
  }),

  storeCase("only rows that are there come back for their keys", async stage => {
    await stage.store.projections.begin("sums", 1)
    await stage.done(
      sums(1, [
        ["a", { n: 1 }],
        ["b", {}],
      ]),
    )
    const found = await stage.store.projections.rows("sums", 1, ["b", "none", "a"])
    same(new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1))), [
      ["a", { n: 1 }],
      ["b", {}],
    ])
    same([...(await stage.store.projections.rows("sums", 1, []))], [])
    same([...(await stage.store.projections.rows("never", 1, ["a"]))], [])
  }),

  storeCase("rows are listed in order of their keys, page by page", async stage => {
    await stage.store.projections.begin("sums", 1)
    const keys = ["b", "a", "B", "10", "9", "", "a/b", "a b", "ab"]
    await stage.done(
      sums(
        1,
        keys.map(key => [key, { key }] as const),
      ),
    )
    const list = async (limit: number) =>
      allPages<{ key: string; row: Document }>(after =>
        stage.store.projections.list("sums", 1, { limit, ...(after && { after: after.key }) }),
      )
    for (const limit of [1, 2, 4, 100])
      same(
        (await list(limit)).map(item => item.key),
        keys.toSorted(),
      )
    same((await list(100))[0], { key: "", row: { key: "" } })
  }),

  storeCase("a new version is built beside the old one, and takes its place in one step", async stage => {
    await stage.store.projections.begin("sums", 1)
    await stage.done(sums(3, [["a", { v: 1 }]]))
    await stage.store.projections.swap("sums", 1)
    await stage.store.projections.begin("sums", 2)
    await stage.done(sums(2, [["a", { v: 2 }]], 2), sums(4, [["b", { v: 1 }]], 1))
    same(await progress(stage), ["sums 1 at 4, live", "sums 2 at 2"])
    same([await rows(stage, 1), await rows(stage, 2)], [{ a: { v: 1 }, b: { v: 1 } }, { a: { v: 2 } }])
    await stage.store.projections.swap("sums", 2)
    same(await progress(stage), ["sums 2 at 2, live"])
    same([await rows(stage, 1), await rows(stage, 2)], [{}, { a: { v: 2 } }])
  }),

  storeCase("a version that begins anew loses its rows and what it had reached", async stage => {
    await stage.store.projections.begin("sums", 2)
    await stage.done(sums(7, [["a", { v: 2 }]], 2))
    await stage.store.projections.begin("sums", 2)
    same([await rows(stage, 2), await progress(stage)], [{}, ["sums 2 at 0"]])
    await stage.done(sums(1, [["b", { v: 2 }]], 2))
    same([await rows(stage, 2), await progress(stage)], [{ b: { v: 2 } }, ["sums 2 at 1"]])
  }),

  storeCase("a projection that is dropped is forgotten, and its namesakes by half are not", async stage => {
    for (const name of ["sums", "sums2", "Sums"]) {
      await stage.store.projections.begin(name, 1)
      await stage.done(aPage({ name, rows: [["a", { name }]] }))
      await stage.store.projections.swap(name, 1)
    }
    await stage.store.projections.drop("sums")
    await stage.store.projections.drop("never")
    same(await progress(stage), ["Sums 1 at 1, live", "sums2 1 at 1, live"])
    same(await rows(stage, 1), {})
    same([...(await stage.store.projections.rows("sums2", 1, ["a"]))], [["a", { name: "sums2" }]])
  }),

  storeCase("read models are there after the store was opened again", async stage => {
    await stage.store.projections.begin("sums", 1)
    await stage.done(sums(3, [["a", { v: 1 }]]))
    await stage.store.projections.swap("sums", 1)
    await stage.store.projections.begin("sums", 2)
    await stage.done(sums(1, [["a", { v: 2 }]], 2))
    await stage.reopen()
    same(await progress(stage), ["sums 1 at 3, live", "sums 2 at 1"])
    same([await rows(stage, 1), await rows(stage, 2)], [{ a: { v: 1 } }, { a: { v: 2 } }])
  }),

  storeCase("many rows at once come back, all of them", async stage => {
    await stage.store.projections.begin("sums", 1)
    const keys = upTo(2_500).map(i => `key-${i}`)
    await stage.done(
      sums(
        1,
        keys.map((key, i) => [key, { i }] as const),
      ),
    )
    const found = await stage.store.projections.rows("sums", 1, keys)
    same([found.size, found.get("key-2500")], [2_500, { i: 2_499 }])
  }),
]

function sums(reached: number, rows: readonly (readonly [string, Document | null])[], version = 1) {
  return aPage({ name: "sums", version, reached, rows })
}

async function rows({ store }: Stage, version: number): Promise<Record<string, Document>> {
  const list = await store.projections.list("sums", version, { limit: 100 })
  return Object.fromEntries(list.map(({ key, row }) => [key, row]))
}

async function progress({ store }: Stage): Promise<string[]> {
  const all = await store.projections.progress()
  return all
    .map(({ name, version, reached, live }) => `${name} ${version} at ${reached}${live ? ", live" : ""}`)
    .toSorted()
}

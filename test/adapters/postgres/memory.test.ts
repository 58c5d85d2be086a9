import pg from "pg"
import { describe, expect, test, vi } from "vitest"
import { aPage, anInstance, aTransaction, writer } from "../../../src/testing/writes.ts"
import { aPlace, aServer, aStore, findings } from "./place.ts"

const server = await aServer()

describe.skipIf(server === null)("what a process remembers of a schema", () => {
  test("makes a commit one question, also of a further step of a command", async () => {
    const place = aPlace(server!)
    const [store, other] = [await aStore(place), await aStore(place)]
    const write = writer()
    await store.commit([
      write.put("a", { n: 0 }),
      aTransaction({ instance: anInstance({ id: "long", state: "running" }) }),
    ])
    await store.entities.heads(["b"])
    const spy = vi.spyOn(pg.Client.prototype, "query")
    const asked = () =>
      spy.mock.calls.splice(0).filter(([config]) => !JSON.stringify(config).includes("pg_notify")).length
    expect((await store.commit([write.put("a", { n: 1 })]))[0]).toMatchObject({ kind: "done", t: 3 })
    expect(asked()).toBe(1)
    expect((await store.commit([write.put("b", {}), write.put("a", { n: 2 })]))[1]).toMatchObject({
      kind: "done",
      t: 5,
    })
    expect(asked()).toBe(1)
    const step = aTransaction({ first: false, follows: 2, instance: anInstance({ id: "long" }) })
    expect((await store.commit([step]))[0]).toMatchObject({ kind: "done", t: 6 })
    expect(asked()).toBe(1)
    // What is made is taken to be new, and the commit looks.
    expect((await store.commit([write.put("c", {})]))[0]).toMatchObject({ kind: "done", t: 7 })
    expect(asked()).toBe(1)
    // Of what is not known is asked first.
    await other.commit([write.put("d", {})])
    asked()
    expect((await store.commit([write.put("d", { n: 1 })]))[0]).toMatchObject({ kind: "done", t: 9 })
    expect(asked()).toBe(2)
    spy.mockRestore()
    expect(await findings(store)).toEqual([])
  })

  test("is never trusted: what another has done meanwhile is found out, and each drops out alone [TR5]", async () => {
    const place = aPlace(server!)
    const [one, other] = [await aStore(place), await aStore(place)]
    const [mine, theirs] = [writer("one"), writer("other")]
    await one.commit([mine.put("a", { n: 0 })])
    await other.entities.heads(["a", "b", "c", "d"])
    await one.entities.heads(["b", "c", "d"])
    await other.commit([theirs.put("b", { name: "taken" })])
    const command = { id: "twice", type: "Put", target: null, data: {} }
    await other.commit([aTransaction({ instance: anInstance({ id: "twice", command }) })])
    const outcomes = await one.commit([
      mine.put("a", { n: 1 }),
      mine.put("b", {}),
      mine.put("c", { name: "taken" }),
      aTransaction({ instance: anInstance({ id: "twice", command }) }),
      mine.put("d", { name: "free" }),
    ])
    expect(outcomes).toMatchObject([
      { kind: "done", t: 4 },
      { kind: "conflict", unique: false, facts: { stream: "b", expected: 0, actual: 1 } },
      { kind: "conflict", unique: true },
      { kind: "duplicate" },
      { kind: "done", t: 5 },
    ])
    expect(await findings(other)).toEqual([])
  })

  test("of a projection's version is not the next one's of that name", async () => {
    const place = aPlace(server!)
    const [one, other] = [await aStore(place), await aStore(place)]
    await one.projections.begin("sums", 1)
    const page = async (n: number) => one.commit([aPage({ name: "sums", rows: [["a", { n }]], reached: n })])
    await page(1)
    await other.projections.drop("sums")
    await other.projections.begin("sums", 1)
    await page(2)
    expect(await other.projections.rows("sums", 1, ["a"])).toEqual(new Map([["a", { n: 2 }]]))
  })
})

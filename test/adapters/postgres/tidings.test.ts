import { describe, expect, test } from "vitest"
import type { Store } from "../../../src/ports/store.ts"
import { writer } from "../../../src/testing/writes.ts"
import { aPlace, aServer, aStore } from "./place.ts"

const server = await aServer()

async function nameOf(store: Store, id: string, t?: number): Promise<unknown> {
  const [key] = await store.facts.keys([id])
  const [entity] = await store.facts.entities([key!], t ?? (await store.basis()))
  return entity?.document["name"] ?? null
}

describe.skipIf(server === null)("what is kept in mind of entities", () => {
  test("is forgotten when another process changes them, and holds as of before [X14 QS7]", async () => {
    const place = aPlace(server!)
    const [here, there] = [await aStore(place), await aStore({ ...place, doorbell: false })]
    const write = writer()
    await here.commit([write.put("a", { name: "first" }), write.put("b", { name: "other" })])
    expect([await nameOf(there, "a"), await nameOf(there, "b")]).toEqual(["first", "other"])
    await here.commit([write.put("a", { name: "second" })])
    expect([await nameOf(there, "a"), await nameOf(there, "b")]).toEqual(["second", "other"])
    expect(await nameOf(there, "a", 2)).toBe("first")
    await here.commit([write.put("a", null)])
    expect([await nameOf(there, "a"), await nameOf(there, "a", 3)]).toEqual([null, "second"])
  })

  test("is as the store has it, whoever writes and whenever it is read [X14]", async () => {
    const place = aPlace(server!)
    const stores = [await aStore(place), await aStore({ ...place, doorbell: false })]
    const write = writer()
    const ids = ["a", "b", "c", "d"]
    let state = 7
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
    for (let step = 0; step < 120; step++) {
      const id = ids[random(ids.length)]!
      const store = stores[random(2)]!
      if (random(3) === 0) await store.commit([write.put(id, random(6) === 0 ? null : { name: `${step}` })])
      const basis = await store.basis()
      const t = random(3) === 0 ? random(basis + 1) : basis
      const keys = (await store.facts.keys(ids)).filter(key => key !== null)
      const [entities, types] = [await store.facts.entities(keys, t), await store.facts.types(keys, t)]
      const there = await Promise.all((await store.facts.ids(keys)).map(async one => store.entities.at(one, t)))
      expect(entities.map(entity => entity?.document ?? null)).toEqual(there.map(entity => entity?.document ?? null))
      expect(types).toEqual(there.map(entity => entity?.type ?? null))
    }
  })

  test("comes along with what points at it, whatever signs the documents hold", async () => {
    const place = aPlace(server!)
    const write = writer()
    const refs = { owner: "ann", friends: ["bob", "carl"], none: null }
    const puts = ["ann", "bob", "carl"].map(id => write.put(id, { name: id }))
    await (await aStore(place)).commit([...puts, write.put("a", refs), write.put("zero", { ...refs, text: "\u0000" })])
    for (const from of ["a", "zero"]) {
      const store = await aStore(place)
      const basis = await store.basis()
      const [key] = await store.facts.keys([from, "nobody"], ["owner", "friends", "none", "absent"])
      expect((await store.facts.entities([key!], basis))[0]?.document["owner"]).toBe("ann")
      expect([await nameOf(store, "ann"), await nameOf(store, "bob")]).toEqual(["ann", "bob"])
    }
  })

  test("is not kept where something was committed while it was read [X14]", async () => {
    const store = await aStore(aPlace(server!))
    const write = writer()
    await store.commit([write.put("a", { name: "0" })])
    for (let i = 1; i <= 20; i++) {
      const before = await store.basis()
      const [key] = await store.facts.keys(["a"])
      const [, read] = await Promise.all([
        store.commit([write.put("a", { name: String(i) })]),
        store.facts.entities([key!], before),
      ])
      expect(read[0]?.document).toEqual({ name: String(i - 1) })
      expect(await nameOf(store, "a")).toBe(String(i))
    }
  })
})

import { expect, test } from "vitest"
import { keptEntities, type StoredEntity } from "../../../src/adapters/sql/kept-entities.ts"
import { recent } from "../../../src/adapters/sql/recent.ts"

function stored(key: number, fromT: number, text = '{"name":"Ann"}'): StoredEntity {
  return { key, id: `e${key}`, type: "Thing", fromT, createdT: 1, text }
}

test("what is kept tells of every t from its version to what was told, and of no other [X14]", () => {
  let toldTo = 5
  const kept = keptEntities(() => toldTo)
  kept.keep(stored(1, 3), 5)
  expect([2, 3, 5, 6].map(t => kept.at(1, t)?.document["name"])).toEqual([undefined, "Ann", "Ann", undefined])
  toldTo = 6
  expect(kept.at(1, 6)?.fromT).toBe(3)
  expect([kept.typeAt(1, 2), kept.typeAt(1, 6), kept.typeAt(2, 6)]).toEqual([undefined, "Thing", undefined])
})

test("what was read as of an older t, or was said to have changed, is not kept", () => {
  const kept = keptEntities(() => 5)
  kept.keep(stored(1, 3), 4)
  expect(kept.at(1, 5)).toBeUndefined()
  kept.keep(stored(1, 3), 5)
  kept.forget(1)
  expect(kept.at(1, 5)).toBeUndefined()
})

test("whoever changes what they were told changes nothing for others", () => {
  const kept = keptEntities(() => 5)
  kept.keep(stored(1, 3, '{"tags":["a"]}'), 5)
  const tags = kept.at(1, 5)!.document["tags"] as string[]
  tags.push("b")
  expect(kept.at(1, 5)!.document).toEqual({ tags: ["a"] })
})

test("what weighs more than there is room for goes, the oldest first", () => {
  const texts = recent<number, string>(100, text => text.length)
  for (let i = 0; i < 20; i++) texts.set(i, "x".repeat(20))
  const left = Array.from({ length: 20 }, (_, i) => i).filter(i => texts.get(i) !== undefined)
  expect(left).toContain(19)
  expect(left).not.toContain(0)
  expect(left.length).toBeLessThanOrEqual(6)
  // What takes the place of another weighs in its stead.
  for (let i = 0; i < 100; i++) texts.set(19, "x".repeat(30))
  expect(texts.get(18)).toBeDefined()
})

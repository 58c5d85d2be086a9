import { expect, test } from "vitest"
import { Interest, type Changed } from "../../../src/queries/live/interest.ts"

const changed = (over: Partial<Changed>): Changed => ({
  id: "x",
  attributes: new Set(["Task/status"]),
  values: [
    ["Task/status", "open"],
    ["Task/list", "l1"],
  ],
  ...over,
})

test("a change finds whoever is interested in the entity, in a value it has or had, or in what differs", () => {
  const interest = new Interest<string>()
  const status = new Set(["Task/status"])
  interest.set("entity", [{ attributes: status, narrowing: { entities: ["x"] } }])
  interest.set("another entity", [{ attributes: status, narrowing: { entities: ["y"] } }])
  interest.set("value", [{ attributes: status, narrowing: { attribute: "Task/list", values: ["l1", "l2"] } }])
  interest.set("another value", [{ attributes: status, narrowing: { attribute: "Task/list", values: ["l3"] } }])
  interest.set("attribute", [{ attributes: status, narrowing: null }])
  interest.set("another attribute", [{ attributes: new Set(["Task/title"]), narrowing: null }])
  interest.set("everything", [{ attributes: "all", narrowing: null }])
  expect([...interest.in(changed({}))].toSorted()).toEqual(["attribute", "entity", "everything", "value"])
})

test("an entity that is of the narrower kind is of no interest where nothing differs that was asked for", () => {
  const interest = new Interest<string>()
  interest.set("w", [{ attributes: new Set(["Task/title"]), narrowing: { attribute: "Task/list", values: ["l1"] } }])
  expect(interest.in(changed({})).size).toBe(0)
  expect(interest.in(changed({ attributes: new Set(["Task/title"]) })).size).toBe(1)
})

test("what is said anew takes the place of what was said before, and who leaves is forgotten", () => {
  const interest = new Interest<string>()
  interest.set("w", [{ attributes: "all", narrowing: { entities: ["x"] } }])
  interest.set("w", [{ attributes: "all", narrowing: { entities: ["y"] } }])
  expect(interest.in(changed({})).size).toBe(0)
  expect(interest.in(changed({ id: "y" })).size).toBe(1)
  interest.delete("w")
  expect(interest.in(changed({ id: "y" })).size).toBe(0)
})

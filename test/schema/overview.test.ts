import { expect, test } from "vitest"
import { overviewOf } from "../../src/schema/overview.ts"
import { compiled, library } from "./making.ts"
import { portal } from "./portal.ts"

test("an overview tells variants, what they share, what names them, and by which ways groups come to them [L50]", () => {
  const schema = compiled(portal)
  const overview = new Map(overviewOf(schema).map(entry => [entry.type, entry]))
  expect([...schema.abstracts]).toEqual([["Document", ["Folder", "File"]]])
  expect([...overview.keys()].toSorted()).toEqual(
    [...schema.entities.keys()].filter(name => name !== "CommandInstance").toSorted(),
  )
  const shared = ["uuid", "title", "body", "notes", "private", "status", "org", "owner", "folder", "related"]
  expect(overview.get("File")).toEqual({
    type: "File",
    abstract: "Document",
    attributes: [...shared, "blob", "size"].map(name => `Document/${name}`),
    identities: ["Document/uuid"],
    inheritsBy: ["Document/_related", "Document/org", "Document/folder", "Share/_document"],
  })
  const ways = (type: string) => overview.get(type)!.inheritsBy.toSorted()
  expect(ways("Folder")).toEqual(ways("File"))
  expect([ways("User"), ways("Org")]).toEqual([[], []])
  expect(overview.get("Org")).toMatchObject({ abstract: null, identities: ["Org/uuid"] })
})

test("along a reference to anything, everything may inherit [L50]", () => {
  const about = { type: "ref", propagate: [{ direction: "forward", when: true }] }
  const schema = compiled({
    ...library({ attributes: { about } }),
    entities: { Book: { attributes: { about } }, Person: { attributes: {} } },
  })
  expect(overviewOf(schema).map(({ type, inheritsBy }) => [type, inheritsBy])).toEqual([
    ["Book", ["Book/_about"]],
    ["Person", ["Book/_about"]],
  ])
})

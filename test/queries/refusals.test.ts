import fc from "fast-check"
import { expect, test } from "vitest"
import type { Json } from "../../src/kernel/json.ts"
import { limits } from "../../src/kernel/limits.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { portal } from "./portal.ts"

const of = "plans"
const wrong: readonly (readonly [Json, string, string])[] = [
  [null, "malformed", ""],
  [{}, "malformed", ""],
  [{ pull: ["title"], find: ["?e"], of }, "malformed", "/find"],
  [{ pull: ["title"], of, limit: 3 }, "malformed", "/limit"],
  [{ pull: ["title"] }, "malformed", "/of"],
  [{ pull: ["title"], of: ["alice", 3] }, "unknown-type", "/of/0"],
  [{ pull: ["title"], of: ["User/name", "Bob"] }, "invalid", "/of/0"],
  [{ pull: ["title"], of: ["alice", {}, "bob"] }, "malformed", "/of/1"],
  [{ pull: ["title"], of, asOf: -1 }, "malformed", "/asOf"],
  [{ pull: ["title"], of, asOf: "yesterday" }, "malformed", "/asOf"],
  [{ pull: ["title"], of, minBasisT: "1" }, "malformed", "/minBasisT"],
  [{ pull: ["title"], of, timeoutMs: 0 }, "malformed", "/timeoutMs"],
  [{ pull: [], of }, "malformed", "/pull"],
  [{ pull: "title", of }, "malformed", "/pull"],
  [{ pull: [5], of }, "malformed", "/pull/0"],
  [{ pull: ["title", "nothing"], of }, "unknown-type", "/pull/1"],
  [{ pull: ["User/title"], of }, "unknown-type", "/pull/0"],
  [{ pull: ["Document/_nothing"], of }, "unknown-type", "/pull/0"],
  [{ pull: ["Document/_title"], of }, "invalid", "/pull/0"],
  [{ pull: [{ org: ["name", { members: ["title"] }] }], of }, "unknown-type", "/pull/0/org/1/members/0"],
  [{ pull: [{ title: ["name"] }], of }, "invalid", "/pull/0/title"],
  [{ pull: [{ "@id": ["name"] }], of }, "malformed", "/pull/0/@id"],
  [{ pull: [{ folder: 0 }], of }, "malformed", "/pull/0/folder"],
  [{ pull: [{ folder: ".." }], of }, "malformed", "/pull/0/folder"],
  [{ pull: [{ "Document/_folder": { Nothing: ["title"] } }], of }, "unknown-type", "/pull/0/Document~1_folder/Nothing"],
  [{ pull: [{ "Document/_folder": { File: ["colour"] } }], of }, "unknown-type", "/pull/0/Document~1_folder/File/0"],
  [{ pull: [["title", { as: "" }]], of }, "malformed", "/pull/0/1/as"],
  [{ pull: [["title", { as: "__proto__" }]], of }, "malformed", "/pull/0/1/as"],
  [{ pull: [["title", { page: 2 }]], of }, "malformed", "/pull/0/1/page"],
  [{ pull: [["related", { limit: 0 }]], of }, "malformed", "/pull/0/1/limit"],
  [{ pull: [["related", { offset: "1" }]], of }, "malformed", "/pull/0/1/offset"],
  [{ pull: [["*", { limit: 1 }]], of }, "malformed", "/pull/0/0"],
  [{ pull: ["title"], of: Array<string>(limits.pullRootsMax + 1).fill("x") }, "too-large", "/of"],
  [{ history: 5 }, "malformed", "/history"],
  [{ history: of, after: "x" }, "malformed", "/after"],
  [{ diff: of, from: 1 }, "malformed", "/to"],
  [{ name: 5 }, "malformed", "/name"],
]

test("what is no query is refused with its place [QS2 QS3]", async () => {
  const app = await portal()
  const found = await Promise.all(
    wrong.map(async ([body]) =>
      app.daybook.query(body, { principal: "system" }).then(
        () => null,
        (error: unknown) => (error instanceof Refusal ? [error.code, error.faults[0]?.path] : error),
      ),
    ),
  )
  expect(found).toEqual(wrong.map(([, code, path]) => [code, path]))
  await expect(app.daybook.query({ name: "nothing" }, { principal: "system" })).rejects.toMatchObject({
    code: "not-found",
  })
  await app.close()
})

test("whatever is sent is answered or refused, and throws nothing else [QS2 QS9]", async () => {
  const app = await portal()
  const basis = await app.daybook.basis()
  const word = fc.constantFrom(
    "title",
    "*",
    "@id",
    "@groups",
    "Document/_folder",
    "Folder",
    "User",
    "plans",
    "...",
    "?e",
    "Document/title",
    "User/email",
    "related",
    "org",
    "name",
    "limit",
    "as",
    "",
    "_",
    "Document/folder",
    "count",
  )
  const { json } = fc.letrec<{ json: Json }>(tie => ({
    json: fc.oneof(
      { maxDepth: 4 },
      word,
      fc.integer({ min: -1, max: 4 }),
      fc.constant(null),
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(word, tie("json"), { maxKeys: 3 }),
    ),
  }))
  const keys = [
    "pull",
    "of",
    "find",
    "where",
    "history",
    "diff",
    "from",
    "to",
    "asOf",
    "since",
    "name",
    "data",
    "limit",
  ]
  const body = fc.oneof(
    fc.dictionary(fc.constantFrom(...keys), json, { maxKeys: 4 }),
    fc.record({ pull: json, of: fc.constantFrom<Json>("plans", "acme", ["plans", "diary"]) }),
    fc.record({ pull: fc.array(json, { minLength: 1, maxLength: 4 }), of: fc.constant("plans") }),
  )
  const sent = fc.asyncProperty(body, fc.constantFrom("system", "carol", "anonymous"), async (query, principal) => {
    const thrown = await app.daybook.query(query as Json, { principal }).then(
      () => null,
      (error: unknown) => error,
    )
    expect(thrown === null || thrown instanceof Refusal ? null : thrown).toBeNull()
  })
  await fc.assert(sent, { numRuns: 600 })
  expect(await app.daybook.basis()).toBe(basis)
  await app.close()
})

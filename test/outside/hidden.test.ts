import { expect, test } from "vitest"
import { expectedOf, outcomeOf, served } from "./cases.ts"

const everybody = { assign: [{ group: "all", when: true }], permissions: { read: "all", write: "all" } }
const schema = {
  daybook: 1,
  name: "hidden",
  version: 1,
  groups: { all: {}, barred: {}, keeper: {} },
  entities: {
    User: { attributes: { name: { type: "string" } }, ...everybody },
    Vault: {
      attributes: { number: { type: "string", unique: "identity" }, keeper: { type: "ref", to: ["User"] } },
      assign: [{ group: "keeper", when: { reaches: ["$self", ["keeper"], "$security"] } }],
      permissions: { knock: { not: "barred" } },
    },
    Room: { attributes: { number: { type: "string", unique: "identity" } }, ...everybody },
    Case: {
      attributes: {
        name: { type: "string" },
        vault: { type: "ref", to: ["Vault"], unique: "identity" },
        room: { type: "ref", to: ["Room"], unique: "identity" },
      },
      ...everybody,
    },
  },
}
const outside = served(schema, [
  { entity: "User", id: "ann", set: { name: "Ann" } },
  { entity: "User", id: "ben", set: { name: "Ben" } },
  { entity: "Vault", id: "v", set: { number: "1", keeper: "ben" } },
  { entity: "Room", id: "r", set: { number: "1" } },
  { entity: "Case", id: "c", set: { name: "C", vault: "v", room: "r" } },
])

const lookups: readonly (readonly [string, unknown, boolean])[] = [
  ["by a reference to what is seen", ["Case/room", "r"], true],
  ["by a lookup of what is seen", ["Case/room", ["Room/number", "1"]], true],
  ["by a reference to what is hidden", ["Case/vault", "v"], false],
  ["by a lookup of what is hidden", ["Case/vault", ["Vault/number", "1"]], false],
]

test.each(lookups)("a lookup %s tells no more than may be seen [L70 L75]", async (_title, lookup, isSeen) => {
  const ask = async (query: object, as: string) => outcomeOf(await outside.query(query, as), false)
  const queries = [
    [{ pull: ["name"], of: lookup }, { name: "C" }, null],
    [{ find: ["?n"], where: [[lookup, "Case/name", "?n"]] }, [["C"]], []],
    [{ find: ["?n"], in: ["?e"], args: [lookup], where: [["?e", "Case/name", "?n"]] }, [["C"]], []],
  ] as const
  for (const [query, all, none] of queries) {
    expect(await ask(query, "system")).toEqual({ answer: all })
    expect(await ask(query, "ann")).toEqual({ answer: isSeen ? all : none })
  }
  const told = await outside.transact([{ entity: "Case", id: lookup, set: { name: "C" } }], "ann")
  const seen = { status: 200, body: { state: "succeeded" } }
  expect(isSeen ? told : outcomeOf(told, false)).toMatchObject(isSeen ? seen : expectedOf({ refused: "not-found" }))
})

test("who asks what they may by a value learns nothing of who has it, unless they have to do with it [L70 L75]", async () => {
  const asked = async (number: string, as: string) => {
    const item = { subject: as, entity: ["Vault/number", number], permission: "knock" }
    return (await outside.post("/check", [item], { "daybook-as": as })).body
  }
  const known = [{ allowed: true, groups: ["keeper"], permissions: ["knock"] }]
  const unknown = [{ allowed: false, groups: [], permissions: [] }]
  expect(await asked("1", "ben")).toEqual(known)
  expect(await asked("1", "ann")).toEqual(unknown)
  expect(await asked("2", "ann")).toEqual(unknown)
})

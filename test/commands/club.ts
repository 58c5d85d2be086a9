import { daybook } from "../../src/app/define.ts"
import type { Daybook } from "../../src/daybook.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import type { Outcome } from "../../src/kernel/message.ts"

const person = { type: "ref", to: ["Person"] } as const

/** Rights that hang on what is not there: a ban, a lock, a word against it, somebody who stands for who asks. */
export const club = daybook({
  schema: {
    daybook: 1,
    name: "club",
    version: 1,
    groups: { member: {}, banned: {}, stranger: {} },
    entities: {
      Person: { attributes: { nick: { type: "string" } } },
      Ban: { attributes: { who: person } },
      Lock: {
        attributes: {
          on: { type: "ref", to: ["Page"], propagate: [{ direction: "forward", when: true }] },
          who: person,
        },
        assign: [{ group: "banned", when: { reaches: ["$self", ["who"], "$security"] } }],
      },
      // Whoever is banned by anybody's ban is no member.
      Page: {
        attributes: { text: { type: "string" }, members: { ...person, many: true } },
        assign: [
          {
            group: "member",
            when: {
              and: [{ reaches: ["$self", ["members"], "$security"] }, { not: { exists: ["$security", ["Ban/_who"]] } }],
            },
          },
        ],
        permissions: { read: "member", write: { all: ["member", { not: "banned" }] } },
      },
      // Everybody who is nobody may write here.
      Wall: {
        attributes: { text: { type: "string" } },
        assign: [{ group: "stranger", when: { not: { exists: ["$security", ["Person/nick"]] } } }],
        permissions: { read: "stranger", write: "stranger" },
      },
    },
  },
})

type Ops = readonly JsonObject[]

/** What happens to a page that ann writes while another process commits something. */
export async function raced(
  [a, b]: readonly [Daybook, Daybook],
  meanwhile: (happens: () => Promise<unknown>) => void,
  as: string,
  first: Ops,
  rival: Ops,
  own: Ops,
): Promise<string> {
  let asked = 0
  const transact = async (daybookOf: Daybook, actor: string, ops: Ops): Promise<Outcome> =>
    daybookOf.request(
      { id: `${daybookOf.ids.next()}-${asked++}`, type: "Transact", target: null, data: { ops } },
      { actor },
    )
  await transact(a, "system", first)
  meanwhile(async () => transact(b, "system", rival))
  return transact(a, as, own).then(
    ({ state }) => state,
    (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : String(error)),
  )
}

const ann = { entity: "Person", id: "ann", set: { nick: "Ann" } }
const page = { entity: "Page", id: "p", set: { text: "old" }, add: { members: ["ann"] } }
const write = [{ entity: "Page", id: "p", set: { text: "new" } }]

/** What another process commits, and what becomes of it that ann was about to write then. */
export const races: readonly (readonly [string, string, Ops, Ops, Ops, string])[] = [
  ["a ban of her", "ann", [ann, page], [{ entity: "Ban", id: "b", set: { who: "ann" } }], write, "not-found"],
  [
    "a lock that brings her a group",
    "ann",
    [ann, page],
    [{ entity: "Lock", id: "l", set: { who: "ann", on: "p" } }],
    write,
    "forbidden",
  ],
  [
    "a lock of somebody else",
    "ann",
    [ann, page],
    [{ entity: "Lock", id: "l", set: { who: "ann" } }],
    write,
    "succeeded",
  ],
  [
    "that she comes to be somebody",
    "zoe",
    [{ entity: "Wall", id: "w", set: { text: "old" } }],
    [{ entity: "Person", id: "zoe", set: { nick: "Zoe" } }],
    [{ entity: "Wall", id: "w", set: { text: "new" } }],
    "not-found",
  ],
]

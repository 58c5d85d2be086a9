import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { testApp } from "../../src/testing/app.ts"
import { stores } from "../stores.ts"

const linked = { reaches: ["$self", ["member"], "$security"] } as const

/** A shop that strangers visit under a name of their own, until it is known which member they are. */
const shop = daybook({
  schema: {
    daybook: 1,
    name: "shop",
    version: 1,
    groups: { self: {} },
    entities: {
      Member: {
        attributes: { name: { type: "string" } },
        assign: [{ group: "self", when: { is: ["$self", "$security"] } }],
        permissions: { read: "self", write: "self", own: "self" },
      },
      Visitor: {
        attributes: { seen: { type: "string" }, member: { type: "ref", to: ["Member"] } },
        assign: [
          { group: "self", when: { is: ["$self", "$security"] } },
          { group: "self", when: linked },
        ],
        permissions: { read: "self", write: "self", own: "self" },
      },
    },
  },
})

describe.each(stores)("on %s", (_name, open) => {
  test("what a visitor did is the member's to see once the two are linked, and is the visitor's still [W26 X16]", async () => {
    const app = await testApp(shop, { store: open })
    const { daybook: running } = app
    const people = ["ann", "ben"].map(id => ({ entity: "Member", id, set: { name: id } }))
    await app.send("Transact", null, { ops: [...people, { entity: "Visitor", id: "v", set: { seen: "once" } }] })
    const own = { ops: [{ entity: "Visitor", id: "v", set: { seen: "twice" } }] }
    const { id } = await app.send("Transact", null, own, { as: "v" })
    const seenBy = async (as: string) => [
      (await running.command(id, { as })) === null ? null : id,
      (await running.commands({ owner: "v", limit: 9 }, { as })).map(({ command }) => command.id),
    ]
    const [all, nothing] = [
      [id, [id]],
      [null, []],
    ]
    expect([await seenBy("v"), await seenBy("ann"), await seenBy("ben")]).toEqual([all, nothing, nothing])
    await app.send("Transact", null, { ops: [{ entity: "Visitor", id: "v", set: { member: "ann" } }] })
    expect([await seenBy("v"), await seenBy("ann"), await seenBy("ben")]).toEqual([all, all, nothing])
    // Nothing was written again: whose it was, it is.
    expect(await running.command(id)).toMatchObject({ owner: "v" })
    const mine = async (more: object = {}) =>
      (await running.commands({ limit: 9, ...more }, { as: "ann" })).map(({ command }) => command.id)
    expect(await mine()).toEqual([id])
    // What she did herself stands between: one list, newest first, page by page.
    const hers = { ops: [{ entity: "Member", id: "ann", set: { name: "Ann" } }] }
    await app.send("Transact", null, hers, { as: "ann", id: "hers" })
    const later = { ops: [{ entity: "Visitor", id: "v", set: { seen: "thrice" } }] }
    await app.send("Transact", null, later, { as: "v", id: "later" })
    for (const more of [{}, { owner: "ann" }]) {
      expect(await mine(more)).toEqual(["later", "hers", id])
      expect(await mine({ ...more, limit: 2 })).toEqual(["later", "hers"])
      expect(await mine({ ...more, limit: 2, after: "hers" })).toEqual([id])
      expect(await mine({ ...more, limit: 1, after: "later" })).toEqual(["hers"])
      expect(await mine({ ...more, state: "failed" })).toEqual([])
    }
    expect(await mine({ owner: "v" })).toEqual(["later", id])
    const found = { find: ["?v"], where: [["?v", "Visitor/member", "ann"]] }
    expect((await running.query(found, { principal: "ann" })).result).toEqual([["v"]])
    await app.send("Transact", null, { ops: [{ entity: "Visitor", id: "v", set: { member: null } }] })
    expect(await mine()).toEqual(["hers"])
    expect([await seenBy("ann"), await seenBy("nobody"), await seenBy("anonymous")]).toEqual([
      nothing,
      nothing,
      nothing,
    ])
    await app.close()
  })
})

import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { aggregate, event, handler, reject } from "./bank.ts"
import { answerOf, wordsOf } from "./portal.ts"
import { gate, refusalOf, storeNames, World } from "./world.ts"

type State = { readonly owner?: string; readonly posted?: number }

const ledger = aggregate("Ledger", {
  decide: {
    Open: ({ owner }: { owner: string }, _state, { exists }) =>
      exists
        ? reject("AlreadyOpen", {})
        : owner === "crook"
          ? reject("Unwanted", { owner })
          : event("Opened", { owner }),
    Post: (_data, state: State, { exists }) =>
      !exists ? reject("NotOpen", {}) : (state.posted ?? 0) > 1 ? [] : event("Posted", {}),
    Audit: () => event("Audited", {}),
    Close: (_data, _state, { exists }) => (exists ? event("Closed", {}) : []),
  },
  evolve: {
    Opened: (state: State, { owner }: { owner: string }) => ({ ...state, owner }),
    Posted: (state: State) => ({ ...state, posted: (state.posted ?? 0) + 1 }),
    Audited: (state: State) => state,
    Closed: () => null,
  },
})
const desk = aggregate("Desk", {
  decide: { Enter: (_data, _state, { exists }) => (exists ? event("Entered", {}) : reject("NoDesk", {})) },
  evolve: { Entered: (state: State) => state },
})
const ran: string[] = []
const transfer = handler("Transfer", async ({ command, uow, data }) => {
  ran.push(command.target!.id)
  await uow.record(
    command.target!,
    (await uow.entity(command.target!.id)) === null ? event("Opened", { owner: data.to }) : event("Posted", {}),
  )
})

const data = { type: "object" }
const app = daybook({
  schema: {
    daybook: 1,
    name: "ledgers",
    version: 1,
    entities: {
      User: { attributes: { name: { type: "string" } } },
      Ledger: {
        attributes: {
          owner: { type: "ref", to: ["User"] },
          posted: { type: "integer" },
          auditor: { type: "ref", to: ["User"] },
        },
        assign: [
          { group: "owner", when: { reaches: ["$self", ["owner"], "$security"] } },
          { group: "auditor", when: { reaches: ["$self", ["auditor"], "$security"] } },
        ],
        permissions: { read: ["owner", "auditor"], write: "owner", audit: "auditor" },
      },
      Desk: {
        attributes: { ledger: { type: "ref", to: ["Ledger"] } },
        assign: [{ group: "clerk", when: true }],
        permissions: { read: "clerk", create: "clerk", write: "owner" },
      },
    },
    commands: {
      ...Object.fromEntries(["Open", "Post", "Close", "Transfer"].map(type => [type, { target: "Ledger", data }])),
      Audit: { target: "Ledger", requires: "audit" },
      Enter: { target: "Desk" },
    },
    events: {
      ...Object.fromEntries(["Opened", "Posted", "Audited", "Closed"].map(type => [type, { stream: "Ledger", data }])),
      ...Object.fromEntries(
        ["AlreadyOpen", "Unwanted", "NotOpen"].map(type => [type, { stream: "Ledger", data, rejection: true }]),
      ),
      Entered: { stream: "Desk" },
      NoDesk: { stream: "Desk", rejection: true },
    },
  },
  aggregates: [ledger, desk],
  handlers: [transfer],
})

const at = (id: string) => ({ type: "Ledger", id })

describe.each(storeNames)("on %s", name => {
  const begin = async () => {
    const world = await World.on(name, app)
    const users = ["ann", "bob", "cid", "crook"].map(id => ({ entity: "User", id, set: { name: id } }))
    const ledgers: JsonObject[] = [
      { entity: "Ledger", id: "l1", set: { owner: "ann", auditor: "bob" } },
      { entity: "Ledger", id: "l2", set: { owner: "cid" } },
      { entity: "Desk", id: "desk", set: { ledger: "l1" } },
    ]
    await world.transact([...users, ...ledgers], { as: "system" })
    ran.length = 0
    const say = (type: string, id: string, as: string, said: JsonObject = {}) => world.ask(type, at(id), said, { as })
    return { world, say }
  }

  test("a command takes the permission it requires on its target; who only reads that is forbidden [L77 L79]", async () => {
    const { say } = await begin()
    expect(await answerOf(say("Post", "l1", "ann"))).toBe("done")
    expect(await answerOf(say("Post", "l1", "bob"))).toBe("forbidden /target")
    expect(await answerOf(say("Audit", "l1", "bob"))).toBe("done")
    expect(await answerOf(say("Audit", "l1", "ann"))).toBe("forbidden /target")
    expect(await answerOf(say("Transfer", "l1", "bob"))).toBe("forbidden /target")
    for (const as of ["anonymous", "nobody", "cid"]) {
      expect(await answerOf(say("Post", "l1", as))).toBe("not-found /target")
    }
    expect(await answerOf(say("Post", "l1", "system"))).toBe("done")
  })

  test("a target that may not be read is answered in the words of one that is not there", async () => {
    const { world, say } = await begin()
    for (const [type, data] of [
      ["Post", {}],
      ["Audit", {}],
      ["Close", {}],
      ["Open", { owner: "ann" }],
      ["Open", { owner: "crook" }],
    ] as const) {
      const words = (id: string) => wordsOf(say(type, id, "bob", data), id)
      expect(await words("l2")).toBe(await words("l9"))
    }
    for (const rest of [{ expectedVersion: 1 }, { expectedVersion: 0 }, { basisT: 0 }]) {
      const words = (id: string) => wordsOf(world.ask("Post", at(id), {}, { as: "bob", ...rest }), id)
      expect(await words("l2")).toBe(await words("l9"))
    }
    const desk = (id: string) => wordsOf(world.ask("Enter", { type: "Desk", id }, {}, { as: "bob" }), id)
    expect(await desk("l2")).toContain("The id IT cannot be used")
    expect(await world.daybook.basis()).toBe(1)
    const refusal = await refusalOf(say("Open", "l9", "bob", { owner: "crook" }))
    expect(refusal.facts["rejections"]).toEqual([{ type: "Unwanted", data: { owner: "crook" } }])
  })

  test("what a command makes is judged where it ends up; what it might not make, it does not reject either", async () => {
    const { world, say } = await begin()
    expect(await answerOf(say("Open", "n1", "bob", { owner: "bob" }))).toBe("done")
    expect(await answerOf(say("Open", "n2", "bob", { owner: "ann" }))).toBe("not-found /target")
    expect(await answerOf(say("Open", "l2", "bob", { owner: "bob" }))).toBe("conflict /target/id")
    expect(await answerOf(say("Post", "n3", "bob"))).toBe("not-found /target")
    // Whoever might make a blank one is told no by the domain, and that is recorded.
    expect(await answerOf(world.ask("Enter", { type: "Desk", id: "n4" }, {}, { as: "bob" }))).toBe("rejected")
    expect((await world.daybook.stream("n3", 1, 9)).events).toEqual([])
    expect((await world.daybook.stream("n4", 1, 9)).events).toHaveLength(1)
  })

  test("a handler is not run on what who asks may not see, and the way to its end looks as if nothing were there", async () => {
    const { world } = await begin()
    const ask = (id: string, as: string, to: string) =>
      world.ask("Transfer", at(id), { to }, { id: `${id} ${as} ${to}`, as })
    const [unseen, missing] = [await ask("l2", "bob", "ann"), await ask("l9", "bob", "ann")]
    expect(ran).toEqual(["l9"])
    for (const outcome of [unseen, missing]) {
      expect(outcome).toMatchObject({ state: "failed", error: { code: "not-found", class: "user" } })
      const { history } = await world.instance(outcome.id)
      expect(history.map(({ state }) => state)).toEqual(["running", "failed"])
    }
    const words = ({ error }: typeof unseen, id: string) => JSON.stringify(error).replaceAll(id, "IT")
    expect(words(unseen, "l2")).toBe(words(missing, "l9"))
    expect((await ask("n1", "bob", "bob")).state).toBe("succeeded")
    expect((await ask("l1", "ann", "x")).state).toBe("succeeded")
  })

  test("a right that goes while a handler runs is missed when it ends", async () => {
    const { world } = await begin()
    const open = gate()
    const slow = handler("Transfer", async ({ command, uow }) => {
      await open.promise
      await uow.record(command.target!, event("Posted", {}))
    })
    await world.restart({ ...app, handlers: [slow] })
    const asked = world.ask("Transfer", at("l1"), { to: "x" }, { as: "ann" })
    await world.clock.idle()
    await world.transact([{ entity: "Ledger", id: "l1", set: { owner: "cid" } }], { as: "system" })
    open.resolve()
    expect(await asked).toMatchObject({ state: "failed", error: { code: "not-found" } })
    expect((await world.document("l1"))?.["posted"]).toBe(undefined)
  })

  test("what points at an entity that its aggregate ends points there no more [CE10 L77]", async () => {
    const { world, say } = await begin()
    const { events } = await say("Close", "l1", "ann")
    expect(events.map(({ type }) => type)).toContain("Closed")
    expect(await world.document("desk")).toEqual({})
    expect(await world.findings()).toEqual([])
    expect((await world.daybook.stream("desk", 2, 9)).events).toMatchObject([
      { type: "EntityChanged", data: { attributes: { ledger: { old: "l1" } } } },
    ])
  })
})

import type { Instance } from "../../kernel/instance.ts"
import type { CommandState } from "../../kernel/message.ts"
import type { CommandFilter } from "../../ports/commands.ts"
import { allPages, same, storeCase, upTo, type Done, type Stage, type StoreCase } from "../store-case.ts"
import { aRefusal, aTransaction, anInstance } from "../writes.ts"

const created = "2030-01-01T00:00:00.000Z"

const full: Instance = {
  command: {
    id: "full",
    type: "Enroll",
    target: { type: "Roster", id: "r" },
    data: { period: 3, nested: { list: [null, true, "x"] } },
    expectedVersion: 0,
    occurredAt: "2011-10-01T00:38:44.546+02:00",
    basisT: 12,
  },
  state: "retrying",
  owner: "ann",
  parent: "parent",
  correlationId: "talk",
  result: { list: [1, 2] },
  error: { code: "unavailable", message: "The line was busy" },
  createdAt: created,
  updatedAt: created,
  t: 0,
  attempts: 3,
  due: 1_893_456_000_123,
  history: [
    { state: "queued", at: created, t: 1 },
    { state: "running", at: created, t: 1 },
    { state: "retrying", at: "2030-01-01T00:00:01.000Z", t: 0 },
  ],
  digest: "d2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26",
}

/** The records of commands. */
export const commandCases: readonly StoreCase[] = [
  storeCase("an instance comes back with everything that was said of it", async stage => {
    await stage.done(aTransaction({ id: "before" }))
    await stage.clock.advance(1_234)
    const [done] = await stage.done(aTransaction({ instance: full }))
    const history = [...full.history.slice(0, 2), { ...full.history[2]!, t: 2, at: done!.at }]
    same(await stage.store.commands.find(["full"]), [{ ...full, t: 2, updatedAt: done!.at, history }])
  }),

  storeCase("an instance with nothing special about it comes back as it is", async stage => {
    const states: readonly CommandState[] = [
      "queued",
      "running",
      "waiting",
      "aborting",
      "stuck",
      "succeeded",
      "rejected",
      "failed",
      "aborted",
    ]
    const instances = states.map(state => anInstance({ id: state, state }))
    const done = await stage.done(...instances.map(instance => aTransaction({ instance })))
    const expected = instances.map((instance, i) => {
      const { t, at } = done[i]!
      return { ...instance, t, updatedAt: at, history: [{ ...instance.history[0]!, t, at }] }
    })
    same(await stage.store.commands.find(states), expected)
  }),

  storeCase("results of every kind come back as they are", async stage => {
    const results = [null, 0, -1.5, "", "null", false, [], {}, [null], { a: { b: [] } }]
    const instances = results.map((result, i) => anInstance({ id: `c${i}`, result }))
    await stage.done(...instances.map(instance => aTransaction({ instance })))
    const found = await stage.store.commands.find(instances.map(instance => instance.command.id))
    same(
      found.map(instance => instance?.result),
      results,
    )
  }),

  storeCase("a later step replaces everything but the command, and fills in its own t", async stage => {
    const first = anInstance({ id: "long", state: "waiting" })
    await stage.done(aTransaction({ instance: first }), aTransaction({ id: "other" }))
    await stage.clock.advance(1_000)
    const history = [
      { state: "waiting", at: created, t: 1 },
      { state: "succeeded", at: "2030-01-01T00:00:01.000Z", t: 0 },
    ] as const
    const second = { ...first, state: "succeeded", result: 5, attempts: 2, history } as const
    const [done] = await stage.done(aTransaction({ first: false, instance: second }))
    same(await stage.store.commands.find(["long"]), [
      { ...second, t: 3, updatedAt: done!.at, history: [history[0], { ...history[1], t: 3, at: done!.at }] },
    ])
  }),

  storeCase("the process that has a command in hand is kept with its step", async stage => {
    const history = [{ state: "running", at: created, t: 0, process: "one" }] as const
    const first = anInstance({ id: "long", state: "running", history, createdAt: created })
    const [{ t, at }] = (await stage.done(aTransaction({ instance: first }))) as [Done]
    same((await stage.store.commands.find(["long"]))[0]?.history, [{ ...history[0], t, at }])
    const next = { state: "retrying", at: created, t: 0, process: "two" } as const
    const second = { ...first, state: "retrying", history: [{ ...history[0], t }, next] } as const
    await stage.done(aTransaction({ first: false, instance: second }))
    same(
      (await stage.store.commands.unfinished())[0]?.history.map(passage => passage.process),
      ["one", "two"],
    )
  }),

  storeCase("instances are found in the order asked, and null where there is none", async stage => {
    await stage.done(aTransaction({ id: "a" }), aTransaction({ id: "b" }))
    const found = await stage.store.commands.find(["b", "none", "a", "b"])
    same(
      found.map(instance => instance?.command.id ?? null),
      ["b", null, "a", "b"],
    )
    same(await stage.store.commands.find([]), [])
  }),

  storeCase("commands are listed newest first, whichever of them changed last", async stage => {
    await stage.done(...upTo(5).map(i => aTransaction({ instance: anInstance({ id: `c${i}`, state: "waiting" }) })))
    await stage.done(aTransaction({ first: false, instance: anInstance({ id: "c2", state: "succeeded" }) }))
    same(await listed(stage, {}), ["c5", "c4", "c3", "c2", "c1"])
  }),

  storeCase("commands are listed by owner, state, type and parent, alone and together, page by page", async stage => {
    const said = upTo(24).map(i => ({
      id: `c${String(i).padStart(2, "0")}`,
      owner: i % 2 ? "ann" : "bob",
      state: (["waiting", "failed", "succeeded"] as const)[i % 3]!,
      type: i % 4 ? "Often" : "Rare",
      parent: i % 5 ? null : "parent",
    }))
    const writes = said.map(({ id, owner, state, type, parent }) =>
      aTransaction({ instance: anInstance({ command: { id, type, target: null, data: {} }, owner, state, parent }) }),
    )
    await stage.done(...writes)
    const filters: Omit<CommandFilter, "limit">[] = [
      {},
      { owner: "ann" },
      { state: "succeeded" },
      { type: "Rare" },
      { parent: "parent" },
      { owner: "bob", state: "failed" },
      { owner: "bob", type: "Rare", state: "waiting" },
      { owner: "ann", parent: "parent", type: "Often" },
      { owner: "nobody" },
    ]
    for (const filter of filters) {
      const expected = said.filter(row =>
        (["owner", "state", "type", "parent"] as const).every(
          key => filter[key] === undefined || row[key] === filter[key],
        ),
      )
      same(await listed(stage, filter), expected.map(row => row.id).toReversed())
    }
  }),

  storeCase(
    "the unfinished are those that a process has in hand, oldest first, with who asked for each",
    async stage => {
      const states = [
        "queued",
        "succeeded",
        "waiting",
        "failed",
        "retrying",
        "aborted",
        "aborting",
        "rejected",
        "stuck",
        "running",
      ] as const
      const writes = states.map(state => {
        return aTransaction({ instance: anInstance({ id: state, state }), actor: `who asked for ${state}` })
      })
      await stage.done(...writes)
      const unfinished = async () => (await stage.store.commands.unfinished()).map(instance => instance.command.id)
      same(await unfinished(), ["queued", "retrying", "aborting", "running"])
      const step = (id: string, state: CommandState) =>
        aTransaction({ first: false, instance: anInstance({ id, state }) })
      await stage.done(step("queued", "succeeded"), step("waiting", "running"), step("aborting", "stuck"))
      await stage.reopen()
      same(await unfinished(), ["waiting", "retrying", "running"])
      same(
        (await stage.store.commands.unfinished()).map(({ actor }) => actor),
        ["who asked for waiting", "who asked for retrying", "who asked for running"],
      )
    },
  ),

  storeCase("a refusal is kept with all its faults, and the last one of an id is shown", async stage => {
    same(await stage.store.commands.refusal("refused"), null)
    const fault = { path: "/data/period", code: "minimum", message: "A period is 1 or more" }
    const invalid = aRefusal({ code: "invalid", actor: "ann", faults: [fault, fault], data: { period: [0, null] } })
    await stage.done(aRefusal(), invalid)
    const { kind: _kind, ...said } = invalid
    same({ ...(await stage.store.commands.refusal("refused")), at: null }, { ...said, at: null })
  }),

  storeCase("a refusal may be of whatever was sent: every character of it is kept", async stage => {
    const odd = "no\u0000such\u0001thing\u0001\u0002"
    const refusal = aRefusal({ type: odd, sentence: `There is no command ${odd}`, data: { [odd]: odd } })
    await stage.done(refusal)
    await stage.reopen()
    const { kind: _kind, ...said } = refusal
    same({ ...(await stage.store.commands.refusal("refused")), at: null }, { ...said, at: null })
  }),

  storeCase("a refused command is no command, and its id can still be used", async stage => {
    await stage.done(aRefusal({ id: "c" }))
    same(await stage.store.commands.find(["c"]), [null])
    same(await stage.store.commands.list({ limit: 10 }), [])
    const [done] = await stage.done(aTransaction({ id: "c" }))
    same(done!.t, 1)
  }),
]

async function listed(stage: Stage, filter: Omit<CommandFilter, "limit">): Promise<string[]> {
  const page = async (limit: number) =>
    allPages<Instance>(after =>
      stage.store.commands.list({ ...filter, limit, ...(after && { after: after.command.id }) }),
    )
  const [all, byThree] = [await page(100), await page(3)]
  same(byThree, all)
  return all.map(instance => instance.command.id)
}

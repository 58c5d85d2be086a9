import { expect, expectTypeOf, test } from "vitest"
import { daybook, done, step, type JsonObject, type StateOf } from "../../src/index.ts"
import { testApp } from "../../src/testing/app.ts"
import { parts, schema } from "./club.ts"

const { aggregate, command, event, prompt, query, reject, transact, workflow } = parts

const person = aggregate("Person", {
  decide: { BecomeMember: "by workflow", Remind: () => event("Reminded", {}) },
  evolve: { Reminded: state => ({ ...state, reminders: (state.reminders ?? 0) + 1 }) },
})
const quote = aggregate("Quote", {
  decide: {
    RequestQuote: (_data, { price }, { id }) =>
      price === undefined ? event("QuoteMade", { quote: id, price: 100 }) : reject("NoQuote", {}),
    AcceptQuote: (_data, { price }, { id }) => event("QuoteAccepted", { quote: id, price: price ?? 0 }),
  },
  evolve: { QuoteMade: (state, { price }) => ({ ...state, price }), QuoteAccepted: state => state },
})
const becomeMember = workflow("BecomeMember", {
  start: ({ data, target }) =>
    step({ ...data, quote: `${target.id}-quote` })
      .send(command("RequestQuote", `${target.id}-quote`, {}))
      .wait("accepted", { quote: `${target.id}-quote` }, { user: true }),
  on: ({ heard }) => ({ accepted: heard("QuoteAccepted", () => done()) }),
})
const sweep = workflow("Sweep", { start: () => done() })

const unfinished = prompt("unfinished", {
  order: 1,
  when: ({ pending }) =>
    pending.flatMap(({ command: { id, createdAt }, waits }) =>
      waits.map(({ filter }) => ({
        text: "Here is that quote you started but never finished",
        command: id,
        entity: String(filter["quote"] as string),
        since: createdAt,
      })),
    ),
})
const reminded = prompt("reminded", {
  of: "Person",
  order: 0,
  when: ({ entity, owner }) =>
    entity?.reminders === undefined
      ? null
      : { text: `You were reminded ${entity.reminders} times`, next: command("BecomeMember", owner, { plan: "gold" }) },
})
const queries = prompt("queries", {
  order: 2,
  when: async ({ newest }) => {
    const ran = await newest("RunQuery", 10)
    return ran.length === 0
      ? null
      : { text: "Here are the last queries you ran", data: { ran: ran.map(r => r.data.data ?? null) } }
  },
})
const search = query<{ readonly n?: number }>("search", { record: true, run: ({ data }) => data.n ?? null })
const peek = query("peek", { run: () => "seen" })

const app = daybook({
  schema: {
    ...schema,
    groups: { Self: {}, Staff: {} },
    entities: {
      ...schema.entities,
      Person: {
        ...schema.entities.Person,
        assign: [
          { group: "Self", when: { is: ["$self", "$security"] } },
          { group: "Staff", when: { eq: [{ path: ["$security", "Person/name"] }, "staff"] } },
        ],
        permissions: { read: "Self", write: "Self", operate: "Staff" },
      },
    },
  },
  aggregates: [person, quote],
  workflows: [becomeMember, sweep],
  prompts: [queries, unfinished, reminded],
  queries: [search, peek],
})
const people = transact([
  { entity: "Person", id: "ann", set: { reminders: 2 } },
  { entity: "Person", id: "bob", set: { name: "staff" } },
])
const promptsOf = async (running: Awaited<ReturnType<typeof testApp>>, as: string, data = {}) =>
  (await running.daybook.query({ name: "prompts", data }, { principal: as })).result

async function started() {
  const running = await testApp(app)
  await running.ask(people)
  return running
}

test("prompts are rules over what somebody asked for and what waits for them, in order [W11 W12 W18]", async () => {
  const running = await started()
  const outcome = await running.ask(command("BecomeMember", "ann", { plan: "gold" }), { as: "ann", id: "j" })
  expect(outcome.state).toBe("waiting")
  await running.settle()
  expect(await promptsOf(running, "ann")).toEqual([
    {
      prompt: "reminded",
      order: 0,
      text: "You were reminded 2 times",
      next: { type: "BecomeMember", target: { type: "Person", id: "ann" }, data: { plan: "gold" } },
    },
    {
      prompt: "unfinished",
      order: 1,
      text: "Here is that quote you started but never finished",
      command: "j",
      entity: "ann-quote",
      since: ((await running.daybook.command("j")) as { createdAt: string }).createdAt,
    },
  ])
  await running.ask(command("AcceptQuote", "ann-quote", {}))
  await running.settle()
  expect(await promptsOf(running, "ann")).toMatchObject([{ prompt: "reminded" }])
})

test("an owner sees their own prompts, and who operates anybody's [W11]", async () => {
  const running = await started()
  expect(await promptsOf(running, "ann", { owner: "ann" })).toHaveLength(1)
  await expect(promptsOf(running, "ann", { owner: "bob" })).rejects.toMatchObject({ code: "forbidden" })
  expect(await promptsOf(running, "bob", { owner: "ann" })).toHaveLength(1)
  expect(await promptsOf(running, "system", { owner: "ann" })).toHaveLength(1)
  expect(await promptsOf(running, "bob")).toEqual([])
  await expect(promptsOf(running, "ann", { ower: "bob" })).rejects.toMatchObject({ code: "invalid" })
})

test("what a visitor started is put before the member whom they turn out to be [W11 W26]", async () => {
  const linked = { reaches: ["$self", ["member"], "$security"] } as const
  const { Person, ...others } = app.schema["entities"] as JsonObject
  const own = { group: "Self", when: { is: ["$self", "$security"] } }
  const Visitor = {
    attributes: { member: { type: "ref", to: ["Person"] } },
    assign: [own, { group: "Self", when: linked }],
    permissions: { read: "Self", own: "Self" },
  }
  const linking = { ...app, archive: null, schema: { ...app.schema, entities: { ...others, Person, Visitor } } }
  const running = await testApp(linking)
  await running.ask(people)
  const link = (member: string) => ({ entity: "Visitor", id: "v", set: { member } })
  await running.send("Transact", null, { ops: [link("bob")] })
  await running.daybook.query({ name: "search", data: { n: 1 } }, { principal: "v" })
  await expect(promptsOf(running, "ann", { owner: "v" })).rejects.toMatchObject({ code: "forbidden" })
  await running.send("Transact", null, { ops: [link("ann")] })
  expect(await promptsOf(running, "ann", { owner: "v" })).toMatchObject([{ prompt: "queries" }])
  expect(await promptsOf(running, "v")).toMatchObject([{ prompt: "queries" }])
  const ran = (...ns: number[]) =>
    expect.objectContaining({ prompt: "queries", data: { ran: ns.map(n => ({ n })) } }) as unknown
  // And among her own, together with what she did herself.
  expect(await promptsOf(running, "ann")).toContainEqual(ran(1))
  await running.daybook.query({ name: "search", data: { n: 2 } }, { principal: "ann" })
  expect(await promptsOf(running, "ann")).toContainEqual(ran(2, 1))
  const asOf = await running.daybook.basis()
  await running.daybook.query({ name: "search", data: { n: 3 } }, { principal: "v" })
  expect(await promptsOf(running, "ann")).toContainEqual(ran(3, 2, 1))
  const { result } = await running.daybook.query({ name: "prompts", asOf }, { principal: "ann" })
  expect(result).toContainEqual(ran(2, 1))
  expect(await promptsOf(running, "system", { owner: "ann" })).toContainEqual(ran(3, 2, 1))
})

test("what was put before somebody at a t is told as it was told then, whatever has come since [W11 W12 W13]", async () => {
  const seen = prompt("seen", {
    order: 3,
    when: async ({ commands, newest, pending, now }) => ({
      text: now,
      data: {
        commands: commands.map(({ id, state, result, error, updatedAt }) => ({ id, state, result, error, updatedAt })),
        newest: (await newest("BecomeMember", 1)).map(({ id, state }) => ({ id, state })),
        pending: pending.map(({ command: { id }, state, data }) => ({ id, state, data })),
      },
    }),
  })
  const running = await testApp({ ...app, prompts: [...app.prompts, seen] })
  const then: { readonly asOf: number; readonly told: unknown }[] = []
  const note = async () => {
    await running.settle()
    then.push({ asOf: await running.daybook.basis(), told: await promptsOf(running, "ann") })
    await running.advance(3_600_000)
  }
  await running.ask(people)
  await note()
  await running.ask(command("BecomeMember", "ann", { plan: "gold" }), { as: "ann", id: "j" })
  await note()
  await running.daybook.query({ name: "search", data: { n: 1 } }, { principal: "ann" })
  await note()
  await running.ask(command("AcceptQuote", "ann-quote", {}))
  await note()
  await running.ask(command("BecomeMember", "ann", { plan: "gold" }), { as: "ann", id: "k" })
  await running.daybook.abort("k", "ann")
  await note()
  await running.daybook.archive(new Date(running.clock.now()).toISOString(), { actor: "system" })
  await note()
  const ask = async (asOf: number) =>
    (await running.daybook.query({ name: "prompts", asOf }, { principal: "ann" })).result
  for (const { asOf, told } of then) expect(await ask(asOf), `at ${asOf}`).toEqual(told)
  expect(new Set(then.map(({ told }) => JSON.stringify(told))).size).toBe(then.length)
})

test("queries of a person are kept as commands where the app asks for it, the last ten newest first [W13]", async () => {
  const running = await started()
  const { daybook: asked } = running
  for (let n = 1; n <= 12; n++) await asked.query({ name: "search", data: { n } }, { principal: "ann" })
  await asked.query({ name: "search", data: { n: 13 } }, { principal: "bob" })
  await asked.query({ name: "search", data: { n: 14 } }, { principal: "system" })
  await asked.query({ name: "peek" }, { principal: "ann" })
  const told = await promptsOf(running, "ann")
  expect(told).toContainEqual(
    expect.objectContaining({
      prompt: "queries",
      data: { ran: [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map(n => ({ n })) },
    }),
  )
  const pretended = { type: "RunQuery", target: null, data: { name: "search" } }
  await expect(running.ask(pretended, { as: "ann" })).rejects.toMatchObject({ code: "forbidden" })
  const kept = await running.commands("RunQuery")
  expect(kept).toHaveLength(13)
  expect(kept[0]).toMatchObject({
    owner: "ann",
    state: "succeeded",
    command: { data: { name: "search", data: { n: 1 } } },
  })
})

test("what does not fit is said at the start, all of it", async () => {
  const wrong = daybook({
    schema,
    aggregates: [person, quote],
    workflows: [becomeMember, sweep],
    prompts: [unfinished, unfinished, { ...reminded, of: "Persn" }],
    queries: [query("prompts", { run: () => null })],
  })
  await expect(testApp(wrong)).rejects.toThrow(
    /There is a query prompts.*\n- There are two prompts unfinished\n- The prompt reminded is for Persn/,
  )
})

test("a rule knows the types of the schema", () => {
  prompt("typed", {
    of: "Person",
    order: 1,
    when: async ({ entity, commands, newest, pending }) => {
      expectTypeOf(entity).toEqualTypeOf<StateOf<typeof schema, "Person"> | null>()
      for (const own of commands) {
        if (own.type === "BecomeMember") expectTypeOf(own.data).toEqualTypeOf<{ readonly plan: string }>()
        if (own.type === "RunQuery") expectTypeOf(own.data.name).toEqualTypeOf<string>()
      }
      const [newestOne] = await newest("BecomeMember", 1)
      expectTypeOf(newestOne?.data.plan).toEqualTypeOf<string | undefined>()
      for (const { command: own } of pending) if (own.type === "BecomeMember") expectTypeOf(own.data.plan).toBeString()
      return null
    },
  })
  // @ts-expect-error there is no such entity
  expect(prompt("wrong", { of: "Persn", order: 1, when: () => null }).of).toBe("Persn")
  prompt("wrong", {
    order: 1,
    when: async ({ newest }) => {
      // @ts-expect-error there is no such command
      await newest("BecomMember", 1)
      return null
    },
  })
})

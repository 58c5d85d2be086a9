import { expect, test } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { seededRandom } from "../../src/testing/ids.ts"
import { acc, bankApp, payTo } from "./bank.ts"
import { remote } from "./faulty-store.ts"
import { storeNames, World, type Options } from "./world.ts"

type Asking = { readonly type: string; readonly to: { type: string; id: string } | null; readonly data: JsonObject }

const countOfCommands = storeNames.includes("PostgreSQL") ? 60 : 300

/** The same few hundred commands each time: decided, handled, transacted, refused and rejected. */
function scenario(): Asking[] {
  const dice = seededRandom("scenario")
  const pick = (count: number) => Math.floor(dice() * count)
  return Array.from({ length: countOfCommands }, (_, i): Asking => {
    const id = `a${pick(6)}`
    const amount = 1 + pick(9)
    switch (pick(9)) {
      case 0:
        return { type: "OpenAccount", to: acc(id), data: { owner: { first: "ann" }, number: `no-${id}` } }
      case 1:
        return { type: "Withdraw", to: acc(id), data: { amount } }
      case 2:
        return { type: "Label", to: acc(id), data: { labels: [`l${pick(4)}`] } }
      case 3:
        return { type: "CloseAccount", to: acc(id), data: {} }
      case 4:
        return { type: "Transfer", to: acc(id), data: { to: `a${pick(6)}`, amount } }
      case 5:
        return { type: "Pay", to: payTo(`p${pick(3)}`), data: { to: id, amount } }
      case 6:
        return { type: "Transact", to: null, data: { ops: [{ entity: "Payment", id: `p${i}`, set: { amount } }] } }
      case 7:
        return { type: "Misbehave", to: acc(id), data: { how: "mix" } }
      default:
        return { type: "Deposit", to: acc(id), data: { amount: amount - 2 } }
    }
  })
}

/** Everything that is there in the end: all events, all entities, all commands. */
async function finalState(world: World): Promise<unknown> {
  const events = await world.events()
  const ids = [...new Set(events.map(e => e.stream.id))]
  const entities = await Promise.all(ids.map(id => world.daybook.entity(id)))
  const commands = await world.daybook.commands({ limit: 1_000 })
  return JSON.parse(JSON.stringify({ events, entities, commands, findings: await world.findings() })) as unknown
}

async function oneByOne(world: World): Promise<unknown> {
  for (const [i, { type, to, data }] of scenario().entries()) {
    await world.ask(type, to, data, { id: `c${i}` }).catch(() => null)
  }
  return finalState(world)
}

async function all(world: World): Promise<unknown> {
  await Promise.allSettled(scenario().map(({ type, to, data }, i) => world.ask(type, to, data, { id: `c${i}` })))
  const { entities, findings } = (await finalState(world)) as { entities: ({ id: string } | null)[]; findings: unknown }
  return {
    entities: entities
      .filter(e => e !== null)
      .map(e => e.id)
      .toSorted(),
    findings,
  }
}

const ways: readonly [string, Options][] = [
  ["at hand", {}],
  ["far away", { wrap: remote }],
]

test("one by one, the same commands come to the same in every store, near or far [X8]", async () => {
  const states: unknown[] = []
  for (const name of storeNames) {
    for (const [, options] of ways) states.push(await oneByOne(await World.on(name, bankApp(), options)))
  }
  for (const state of states) expect(state).toEqual(states[0])
  expect((states[0] as { events: unknown[] }).events.length).toBeGreaterThan(countOfCommands / 3)
})

test("all at once, they come to the same in every store, near or far [X8]", async () => {
  const states: unknown[] = []
  for (const name of storeNames) {
    for (const [, options] of ways) states.push(await all(await World.on(name, bankApp(), options)))
  }
  for (const state of states) expect(state).toEqual(states[0])
})

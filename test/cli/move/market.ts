import { openDaybook } from "../../../src/app/open.ts"
import { daybook, defineSchema, partsOf } from "../../../src/index.ts"
import type { App } from "../../../src/kernel/app.ts"
import type { Maybe } from "../../../src/kernel/handler.ts"
import type { Store } from "../../../src/ports/store.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { seededIds } from "../../../src/testing/ids.ts"
import { aTransaction } from "../../../src/testing/writes.ts"

const text = { type: "object", properties: { text: { type: "string" } } } as const

/** A market whose schema grows: in its second version more is looked up than in its first. */
function marketApp(version: 1 | 2): App {
  const schema = defineSchema({
    daybook: 1,
    name: "market",
    version,
    groups: { anybody: {} },
    entities: {
      Stall: {
        assign: [{ group: "anybody", when: true }],
        permissions: { read: "anybody", write: "anybody" },
        attributes: {
          name: { type: "string", unique: "value" },
          open: { type: "boolean", index: true },
          tags: { type: "string", many: true, index: true },
          ...(version === 2 && { size: { type: "integer", index: true } }),
          next: { type: "ref", to: ["Stall"] },
          note: { type: "text" },
        },
      },
    },
    commands: { Shout: { target: "Stall", data: text }, Measure: { target: "Stall", data: text } },
    events: {
      Shouted: { stream: "Stall", data: text },
      Measured: { stream: "Stall", data: text },
      TooLoud: { stream: "Stall", rejection: true, data: text },
    },
  })
  const { aggregate, event, handler, processor, reject } = partsOf(schema)
  const stall = aggregate("Stall", {
    decide: {
      Measure: "by handler",
      Shout: data => (data.text === "!" ? reject("TooLoud", data) : event("Shouted", { text: data.text ?? "" })),
    },
    evolve: { Shouted: (state, data) => ({ ...state, note: data.text ?? "" }), Measured: state => state },
  })
  const measure = handler("Measure", async ({ command, uow }) => {
    await uow.record(command.target!, event("Measured", { text: "5 m" }))
    return { metres: 5 }
  })
  const echo = processor("echo", {
    on: "Shouted",
    attemptsMax: 1,
    effect: ({ event }) => {
      if (event.data.text === "lost") throw new Error("Nobody hears it")
    },
  })
  return daybook({ schema, aggregates: [stall], handlers: [measure], processors: [echo] })
}

/** Fills a store with everything that a store may hold, in so many rounds, under two versions of one app. */
export async function fillMarket(open: () => Maybe<Store>, rounds = 5, now = Date.parse("2030-01-01")): Promise<void> {
  const clock = simulatedClock(new Date(now).toISOString())
  const ids = seededIds(`market ${now}`)
  for (const version of [1, 2] as const) {
    const daybook = await openDaybook(marketApp(version), { store: await open(), clock, ids })
    const ask = async (type: string, target: string | null, data: object) => {
      const command = { id: ids.next(), type, target: target === null ? null : { type: "Stall", id: target }, data }
      const asked = daybook.request(command as never, { actor: `trader-${target}` }, { waitMs: 0 }).catch(() => {})
      await clock.idle()
      await asked
    }
    for (let i = 0; i < rounds; i++) {
      const id = `stall-${version}-${i}`
      const set = {
        name: `Stall ${id} ${"x".repeat(i * 100)}`,
        open: i % 2 === 0,
        tags: ["red", `tag-${i}`],
        ...(version === 2 && { size: i }),
      }
      await ask("Transact", null, { ops: [{ entity: "Stall", id, set }] })
      await ask("Transact", null, { ops: [{ entity: "Stall", id, set: { next: `stall-1-${i % 2}`, tags: ["blue"] } }] })
      await ask("Shout", id, { text: i % 3 === 0 ? "!" : i % 3 === 1 ? "lost" : 'quotes " and 🐝' })
      await ask("Measure", id, {})
      await ask("Nothing", id, { secret: i })
      if (i % 4 === 3) await ask("Transact", null, { ops: [{ retract: `stall-${version}-${i - 1}` }] })
      await clock.advance(1_000)
    }
    await daybook.drain()
    await daybook.close()
  }
}

/** Sets timers, as what waits for a time does. */
export async function setTimers(store: Store): Promise<void> {
  const timers = [1, 2, 3].map(i => ({ id: `timer-${i}`, due: i * 1_000, payload: { i } }))
  const { ids } = await store.commands.archivable({ before: Date.parse("2040-01-01T00:00:00Z"), after: 3, limit: 5 })
  await store.commit([aTransaction({ id: "timers", timers, archive: { ids } })])
}

import { daybook } from "../../src/app/define.ts"
import type { AppDefinition } from "../../src/app/define.ts"
import type { Json } from "../../src/kernel/json.ts"
import schema from "../../examples/portal/schema.json" with { type: "json" }
import { seed } from "../../examples/portal/seed.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { testApp, type TestApp } from "../../src/testing/app.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import type { Store } from "../../src/ports/store.ts"

/** The stores that answers must be the same on. */
export const stores: readonly (readonly [string, () => Store])[] = [
  ["memory", () => memoryStore({ clock: simulatedClock() })],
  ["SQLite", () => sqliteStore({ path: ":memory:" })],
  ["a store that answers later", () => later(memoryStore({ clock: simulatedClock() }))],
]

/** A store whose facts are not there at once, as those of another process. */
function later(store: Store): Store {
  const facts = new Proxy(store.facts, {
    get: (target, name) => {
      const ask = Reflect.get(target, name) as (...asked: unknown[]) => unknown
      return async (...asked: unknown[]) => ask.apply(target, asked)
    },
  })
  return { ...store, facts }
}

/** The portal with its people and documents: who may see what is worked out in its page. */
export async function portal(store?: Store, more: Omit<AppDefinition, "schema"> = {}): Promise<TestApp> {
  const app = await testApp(daybook({ schema, ...more }), {
    ...(store === undefined ? {} : { store }),
    ...(more.adapters === undefined ? {} : { adapters: more.adapters }),
  })
  for (const { type, target, data } of seed) await app.send(type, target, data)
  return app
}

/** Asks as somebody, and gives the result alone. */
export async function asked(app: TestApp, body: Json, principal = "system"): Promise<Json> {
  return (await app.daybook.query(body, { principal })).result
}

import { daybook } from "../../src/app/define.ts"
import type { AppDefinition } from "../../src/app/define.ts"
import type { Json } from "../../src/kernel/json.ts"
import schema from "../../examples/portal/schema.json" with { type: "json" }
import { seed } from "../../examples/portal/seed.ts"
import { testApp, type TestApp } from "../../src/testing/app.ts"
import type { Store } from "../../src/ports/store.ts"
import type { Opening } from "../stores.ts"

/** The portal with its people and documents: who may see what is worked out in its page. */
export async function portal(store?: Store | Opening, more: Omit<AppDefinition, "schema"> = {}): Promise<TestApp> {
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

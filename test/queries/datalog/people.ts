import { daybook } from "../../../src/app/define.ts"
import type { Json, JsonObject } from "../../../src/kernel/json.ts"
import { testApp, type TestApp } from "../../../src/testing/app.ts"
import type { Store } from "../../../src/ports/store.ts"
import type { Opening } from "../../stores.ts"

/** A schema with something of each kind that a query can be about. */
export const schema: JsonObject = {
  daybook: 1,
  name: "people",
  version: 1,
  entities: {
    Person: {
      attributes: {
        name: { type: "string", index: true },
        email: { type: "string", unique: "identity" },
        nick: { type: "string", unique: "value" },
        age: { type: "integer" },
        height: { type: "number", index: true },
        aka: { type: "string", many: true },
        tags: { type: "string", many: true, index: true },
        friend: { type: "ref", to: ["Person"], many: true },
        boss: { type: "ref", to: ["Person"] },
        born: { type: "instant" },
        pay: { type: "decimal" },
        level: { type: "enum", values: { low: "Low", high: "High" }, index: true },
        active: { type: "boolean" },
        extra: { type: "json" },
        secret: { type: "string", sensitive: true },
      },
    },
    Node: {
      attributes: { follow: { type: "ref", to: ["Node"], many: true }, label: { type: "string", unique: "value" } },
    },
    Thing: {
      abstract: { attributes: { title: { type: "string", index: true }, owner: { type: "ref", to: ["Person"] } } },
      variants: {
        Book: { attributes: { pages: { type: "integer" } } },
        Disc: { attributes: { minutes: { type: "integer" } } },
      },
    },
  },
}

/** A daybook with these entities in it, each as one op of a transaction. */
export async function peopleWith(store: Store | Opening, ops: readonly JsonObject[]): Promise<TestApp> {
  const app = await testApp(daybook({ schema: schema as never }), { store })
  if (ops.length > 0) await app.send("Transact", null, { ops })
  return app
}

/** What a query answers, or the code and sentence it is refused with. */
export async function asked(app: TestApp, body: JsonObject, principal = "system"): Promise<Json> {
  try {
    return (await app.daybook.query(body, { principal })).result
  } catch (error) {
    if (error instanceof Error && "code" in error) return { refused: String(error.code), sentence: error.message }
    throw error
  }
}

import { describe, expect, test } from "vitest"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { openDaybook } from "../../src/app/open.ts"
import { daybook as define } from "../../src/app/define.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { aTransaction, anEvent } from "../../src/testing/writes.ts"

const schema = {
  daybook: 1,
  name: "stricter",
  version: 1,
  entities: {
    Part: {
      attributes: {
        code: { type: "string", required: true, pattern: "^[A-Z]{2}-[0-9]+$", maxLength: 8 },
        size: { type: "integer", minimum: 1, maximum: 99 },
        state: { type: "enum", values: { fresh: "Fresh", used: "Used" } },
        of: { type: "ref", to: ["Part"] },
        from: { type: "date" },
        until: { type: "date" },
        tags: { type: "string", many: true, maxLength: 3 },
      },
      required: [{ allOrNone: ["from", "until"] }],
    },
    Other: { attributes: {} },
  },
}

const stricter: Readonly<Record<string, readonly [document: JsonObject, path: string]>> = {
  "a value that must be there": [{ size: 1 }, "code"],
  "a text by its pattern": [{ code: "ab-1" }, "code"],
  "a text by its length": [{ code: "AB-123456" }, "code"],
  "a number by its bounds": [{ code: "AB-1", size: 100 }, "size"],
  "a number by its being whole": [{ code: "AB-1", size: 1.5 }, "size"],
  "one of several words": [{ code: "AB-1", state: "broken" }, "state"],
  "what a reference may point at": [{ code: "AB-1", of: "other" }, "of"],
  "values that are there together or not at all": [{ code: "AB-1", from: "2030-01-01" }, "until"],
  "each of many values": [{ code: "AB-1", tags: ["new", "newer"] }, "tags"],
  "which attributes there are": [{ code: "AB-1", colour: "red" }, "colour"],
}

describe("a schema is stricter than the tables that it is stored in [L35]:", () => {
  test.each(Object.entries(stricter))("%s", async (_what, [document, name]) => {
    const [clock, store] = [simulatedClock(), sqliteStore({ path: ":memory:" })]
    const daybook = await openDaybook(define({ schema }), { store, clock, ids: seededIds(1) })
    const put = (id: string, entity: string, set: JsonObject) => {
      const data = { ops: [{ entity, id, set }] }
      return daybook.request({ id: `put ${id}`, type: "Transact", target: null, data }, { actor: "system" })
    }
    await put("other", "Other", {})
    const refused = await put("part", "Part", document).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: "invalid" })
    expect(JSON.stringify((refused as { faults: unknown }).faults)).toContain(name)
    expect(await daybook.entity("part")).toBeNull()

    // The store itself keeps any document: nothing in its tables knows of these rules.
    const stream = { type: "Part", id: "part", version: 1 }
    const changes = [{ id: "part", type: "Part", document, replaces: false, values: [] }]
    const [outcome] = store.commit([aTransaction({ events: [anEvent({ stream, kind: "created" })], changes })])
    expect(outcome).toMatchObject({ kind: "done" })
    expect((await store.entities.at("part", 2))?.document).toEqual(document)
    await daybook.close()
  })
})

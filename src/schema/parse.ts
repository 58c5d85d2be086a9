import { isObject, type JsonObject } from "../kernel/json.ts"
import { Refusal } from "../kernel/refusal.ts"
import { Catalog } from "./catalog.ts"
import { checkEntities } from "./check-entities.ts"
import { checkMessages } from "./check-messages.ts"
import { checkTypes } from "./check-types.ts"
import { Faults } from "./faults.ts"
import type { Schema } from "./grammar.ts"
import { checkWord } from "./names.ts"
import { plainCopy } from "./plain.ts"
import { asObject, checkTexts, isCount, members, type Checking } from "./shape.ts"

/**
 * Checks a schema completely. What comes back says the same as what went in, unknown keys included, and is frozen. If
 * anything is wrong, everything that is wrong is in the refusal at once, each fault with its path into the schema.
 */
export function parseSchema(json: unknown): Schema {
  const faults = new Faults()
  const schema = plainCopy(json, faults)
  if (faults.found.length > 0) throw refusal(faults)
  if (!isObject(schema)) {
    faults.add("", "type", "A schema is a JSON object")
    throw refusal(faults)
  }
  const checking = { faults, catalog: new Catalog(schema) }
  checkTop(schema, checking)
  checkTypes(schema, checking)
  checkEntities(schema, checking)
  checkMessages(schema, checking)
  if (faults.found.length > 0) throw refusal(faults)
  return schema as Schema
}

function checkTop(schema: JsonObject, { faults }: Checking): void {
  if (schema["daybook"] !== 1)
    faults.add("/daybook", "daybook", 'A schema says "daybook": 1, the version of its grammar')
  const { name, version } = schema
  if (typeof name !== "string" || name.trim() === "") faults.add("/name", "name", "A schema has a name")
  if (!isCount(version)) faults.add("/version", "version", "The version of a schema is a whole number from 1 on")
  for (const group of members(schema, "groups", "The table of groups", "", faults)) {
    checkWord(group.name, "a group", group.path, faults)
    const definition = asObject(group.value, "A group", group.path, faults)
    if (definition !== null) checkTexts(definition, ["label"], group.path, faults)
  }
}

function refusal(faults: Faults): Refusal {
  const [first] = faults.found
  const count = faults.found.length === 1 ? "1 fault" : `${faults.found.length} faults`
  const sentence = `The schema has ${count}, at ${first?.path || "its root"}: ${first?.message}`
  return new Refusal("invalid", sentence, { faults: faults.found.length }, faults.found)
}

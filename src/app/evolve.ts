import { Refusal, type Fault } from "../kernel/refusal.ts"
import type { FactAttribute } from "../ports/facts.ts"
import type { Journal } from "../ports/journal.ts"
import type { Store } from "../ports/store.ts"
import { alterationFaults } from "../schema/alterations.ts"
import { compileSchema, type CompiledSchema } from "../schema/compile.ts"
import { parseSchema } from "../schema/parse.ts"
import { dataFaults } from "./data-faults.ts"
import { newLookups } from "./new-lookups.ts"

/** What a schema means for a store on which another one is in force. */
export type Evolution = {
  /** The version that is in force; null: none is, or this very schema. */
  readonly from: number | null
  /** What the schema in force is called, where it is another app's; null: like this one. */
  readonly other: string | null
  /** What stands in the way whatever is said. */
  readonly faults: readonly Fault[]
  /** What stands in the way unless whoever starts it says that it is to alter. */
  readonly unwritable: readonly Fault[]
  /** Attributes whose looked-up values must be made anew before it is in force. */
  readonly lookups: readonly FactAttribute[]
}

// As many entities have their looked-up values made anew in one step, while nobody writes.
const entitiesAtOnce = 500

const nothing: Evolution = { from: null, other: null, faults: [], unwritable: [], lookups: [] }

/** Looks what would become of a store under a schema, and changes nothing. Where it is in force already, that is quick. */
export async function evolutionOf(schema: CompiledSchema, store: Store, alter: boolean): Promise<Evolution> {
  const kept = (await store.maintenance.schemas()).at(-1)
  if (kept === undefined || kept.hash === schema.hash) return nothing
  const before = compileSchema(parseSchema(kept.schema))
  const { unreadable, unwritable } = await dataFaults(before, schema, store)
  const faults = [...alterationFaults(before, schema, alter), ...unreadable]
  const { name } = before.schema
  const other = name === schema.schema.name ? null : name
  return { from: kept.version, other, faults, unwritable, lookups: newLookups(before, schema) }
}

/** What evolving takes. */
export type EvolveParts = { readonly store: Store; readonly journal: Journal; readonly alter?: boolean | undefined }

/** Refuses a schema that does not fit what is stored, with everything that does not. */
export async function checkFits(schema: CompiledSchema, { store, journal, alter }: EvolveParts): Promise<Evolution> {
  const evolution = await evolutionOf(schema, store, alter === true)
  const { faults, unwritable, from } = evolution
  const standing = alter === true ? faults : [...faults, ...unwritable]
  if (standing.length > 0) {
    const sentence = `Version ${schema.version} of the schema does not fit what is stored under version ${from}`
    const hint = hintOf(evolution, schema)
    throw new Refusal("invalid", sentence + hint, { schemaInForce: from }, standing)
  }
  for (const { path, message } of unwritable) journal.warn("Stored data is against the schema", { path, message })
  return evolution
}

// Mostly it is a daybook of something else that lies where nobody said that another one should.
function hintOf({ from, other, unwritable }: Evolution, { schema: { name, version } }: CompiledSchema): string {
  if (other !== null && version <= (from ?? 0)) {
    return `: this is a daybook of "${other}", not of "${name}"; keep yours elsewhere, with --data or --store`
  }
  if (unwritable.length === 0) return ""
  return ": mend the data, or start with --alter, and each is mended when it is next written"
}

/**
 * Brings a schema into force: what does not fit is refused, values that are newly looked up are made, and only then is
 * it kept. Interrupted, it goes on where it was.
 */
export async function evolve(schema: CompiledSchema, parts: EvolveParts): Promise<void> {
  const { store, journal } = parts
  const { lookups } = await checkFits(schema, parts)
  if (lookups.length > 0) await rebuild(lookups, schema, store, journal)
  const { version, hash } = schema
  await store.maintenance.keepSchema({ version, hash, schema: schema.schema })
}

async function rebuild(
  lookups: readonly FactAttribute[],
  schema: CompiledSchema,
  store: Store,
  journal: Journal,
): Promise<void> {
  const consumer = `lookups of schema ${schema.hash}`
  const attributes = lookups.map(({ fullName }) => fullName)
  const reach = async (reached: number) => {
    await store.commit([{ kind: "deliveries", consumer, reached, parked: [], done: [] }])
  }
  const begun = (await store.deliveries.reached(consumer)) ?? 0
  let after = begun
  for (let steps = 0; ; steps++) {
    journal.info("Values are made ready to be looked up", { attributes, after })
    const reached = await store.maintenance.rebuildValues(lookups, after, entitiesAtOnce)
    if (reached === null) {
      // The same schema may come back after another one: then it begins anew.
      if (begun > 0 || steps > 1) await reach(0)
      return
    }
    after = reached
    // What is done in one step need not be remembered.
    if (steps > 0) await reach(after)
  }
}

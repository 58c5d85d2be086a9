import type { Instance } from "../../src/kernel/instance.ts"
import type { Store } from "../../src/ports/store.ts"
import { aDelivery, aPage, aParked, aRefusal, aTransaction, anInstance, writer } from "../../src/testing/writes.ts"

/** Why changing a column by hand need not be found. */
type Why = { readonly why: string }

/** What is done to a column: `SET` it to this, where this holds. */
type Change = { readonly set: string; readonly where?: string }

const operational: Why = { why: "says how far something has got, not what happened: it is made again, or overwritten" }
const derived: Why = { why: "follows from the events: it is built again from them" }
const audit: Why = { why: "was refused, so that nothing came of it; the oldest of them go" }
const plan: Why = { why: "is still to come" }
const rebuilt: Why = { why: "is what events lead to: verify rebuilds it, and needs the app for it (app/rebuild.ts)" }

const other = "(SELECT key FROM names WHERE name = 'Put')"

const ofCommands: Readonly<Record<string, Change>> = {
  n: { set: "n = n + 100", where: "id = 'long'" },
  id: { set: "id = 'other'", where: "id = 'long'" },
  type: { set: `type = ${other}`, where: "id = 'long'" },
  target_type: { set: `target_type = ${other}`, where: "id = 'long'" },
  target: { set: "target = 'other'", where: "id = 'long'" },
  data: { set: `data = '{"period":4}'`, where: "id = 'long'" },
  state: { set: "state = 7", where: "id = 'long'" },
  owner: { set: `owner = ${other}`, where: "id = 'long'" },
  parent: { set: "parent = null", where: "id = 'long'" },
  correlation: { set: "correlation = 'other'", where: "id = 'long'" },
  occurred_at: { set: "occurred_at = null", where: "id = 'long'" },
  expected_version: { set: "expected_version = 1", where: "id = 'long'" },
  basis_t: { set: "basis_t = 13", where: "id = 'long'" },
  result: { set: "result = '[]'", where: "id = 'long'" },
  error: { set: "error = '{}'", where: "id = 'broken'" },
  created_at: { set: "created_at = created_at + 1", where: "id = 'long'" },
  updated_at: { set: "updated_at = updated_at + 1", where: "id = 'long'" },
  t: { set: "t = 1", where: "id = 'long'" },
  attempts: { set: "attempts = 9", where: "id = 'long'" },
  due: { set: "due = 9", where: "id = 'long'" },
  history: { set: "history = '[]'", where: "id = 'long'" },
  digest: { set: "digest = null", where: "id = 'long'" },
}

const ofTransactions = (table: string): [string, Change][] => [
  [`${table}.t`, { set: "t = t + 100", where: "t = 5" }],
  [`${table}.at`, { set: "at = at + 1", where: "t = 5" }],
  [`${table}.command`, { set: "command = 1", where: "t = 5" }],
  [`${table}.actor`, { set: `actor = ${other}`, where: "t = 5" }],
  [`${table}.schema_version`, { set: "schema_version = 9", where: "t = 5" }],
  [`${table}.command_type`, { set: `command_type = ${other}`, where: "t = 5" }],
  [`${table}.command_id`, { set: "command_id = 'other'", where: "t = 5" }],
  [`${table}.correlation`, { set: "correlation = 'other'", where: "t = 5" }],
  [`${table}.hash`, { set: `hash = (SELECT hash FROM ${table} WHERE t > 5 ORDER BY t DESC LIMIT 1)`, where: "t = 5" }],
]

// The same of the archive, where their namesakes are.
const ofArchived = Object.entries(ofCommands).map(([column, { set, where }]) => {
  return [`archived_commands.${column}`, { set, where: where!.replace("id = '", "id = 'old-") }] as const
})

/** Every column of both databases' tables: what is done to it, or why not. */
export const columns: Readonly<Record<string, Change | Why>> = {
  ...Object.fromEntries(Object.entries(ofCommands).map(([column, change]) => [`commands.${column}`, change])),
  ...Object.fromEntries(ofArchived),
  "archived_commands.archived_at": { why: "says when it was moved, as the transaction does that moved it" },
  "command_stretches.kind": { set: "kind = 2", where: "kind = 0" },
  "command_stretches.name": { set: "name = name + 100" },
  "command_stretches.stretch": { set: "stretch = stretch + 1" },
  "schemas.n": { set: "n = n + 10", where: "version = 1" },
  "schemas.version": { set: "version = 7", where: "version = 2" },
  "schemas.hash": { set: "hash = 'other'", where: "version = 2" },
  "schemas.from_t": { set: "from_t = 2", where: "version = 2" },
  "schemas.schema": { set: "schema = '{}'", where: "version = 1" },
  "names.key": { set: "key = key + 100", where: "name = 'Thing'" },
  "names.name": { set: "name = 'Other'", where: "name = 'Thing'" },
  "entities.key": { set: "key = key + 100", where: "id = 'a'" },
  "entities.id": { set: "id = 'other'", where: "id = 'a'" },
  "entities.type": { set: `type = ${other}`, where: "id = 'a'" },
  "entities.created_t": { set: "created_t = 2", where: "id = 'a'" },
  "entities.version": { set: "version = version + 1", where: "id = 'a'" },
  // On a file most transactions are told by their commands, and the fifth is one that is not.
  "commands.at": { set: "at = at + 1", where: "id = 'long'" },
  "commands.actor": { set: `actor = ${other}`, where: "id = 'long'" },
  "commands.schema_version": { set: "schema_version = 9", where: "id = 'long'" },
  "commands.hash": { set: "hash = (SELECT hash FROM commands WHERE n = 1)", where: "id = 'long'" },
  ...Object.fromEntries(["transactions", "transactions_apart"].flatMap(ofTransactions)),
  "events.pos": { set: "pos = pos + 1", where: "version = 2" },
  "events.id": { set: "id = 'other'", where: "version = 2" },
  "events.entity": { set: "entity = entity + 100", where: "version = 2" },
  "events.version": { set: "version = 9", where: "version = 2" },
  "events.type": { set: `type = ${other}`, where: "version = 2" },
  "events.type_version": { set: "type_version = 2", where: "version = 2" },
  "events.rejection": { set: "rejection = 1", where: "version = 2" },
  "events.kind": { set: "kind = 3", where: "kind = 2" },
  "events.has_version": { set: "has_version = 0", where: "version = 2" },
  "events.occurred_at": { set: "occurred_at = '2011-10-01'", where: "version = 2" },
  "events.data": { set: "data = '{}'", where: "version = 2" },
  "versions.pos": { set: "pos = pos + 4096", where: "pos / 4096 = 2" },
  "versions.entity": { set: "entity = entity + 100", where: "pos / 4096 = 2" },
  "versions.version": { set: "version = version + 1", where: "pos / 4096 = 2" },
  "versions.document": rebuilt,
  "vals.entity": { set: "entity = entity + 100", where: "from_t = 1 AND to_t = 2" },
  "vals.attribute": { set: `attribute = ${other}`, where: "from_t = 1 AND to_t = 2" },
  "vals.value": { set: `value = '"w"'`, where: "from_t = 1 AND to_t = 2" },
  "vals.from_t": { set: "from_t = 2", where: "from_t = 4" },
  "vals.to_t": { set: "to_t = 4", where: "from_t = 1 AND to_t = 2" },
  "refs.attribute": { set: "attribute = attribute + 100" },
  "deliveries.*": operational,
  "checkpoints.*": operational,
  "timers.*": plan,
  "projections.*": derived,
  "projection_rows.*": derived,
  "refusals.*": audit,
  "leases.*": operational,
  "batches.*": operational,
  "daybook.*": { why: "says what the tables are: a store of another version is not opened" },
}

/** What is done to a column, as a statement; null: it need not be found. */
export function tampering(column: string): string | null {
  const [table] = column.split(".")
  const change = columns[column] ?? columns[`${table}.*`]
  if (change === undefined) throw new Error(`Nobody says what is done to ${column}, or why not`)
  return "why" in change ? null : `UPDATE ${table} SET ${change.set}${change.where ? ` WHERE ${change.where}` : ""}`
}

const schema = (version: number) => {
  return { version, hash: `hash ${version}`, schema: { daybook: 1, name: "x", version, entities: {} } }
}

/** A store with something in every column. */
export async function fill(store: Store): Promise<void> {
  const write = writer()
  await store.maintenance.keepSchema(schema(1))
  await store.commit([
    write.puts([
      ["a", { name: "x", to: "b" }],
      ["b", { name: "y" }],
    ]),
    write.put("a", { name: "z", to: "b" }),
  ])
  await store.maintenance.keepSchema(schema(2))
  const first = begun("long")
  await store.commit([aTransaction({ instance: first }), write.put("a", { name: "v", to: "b" })])
  await store.commit([
    aTransaction({ instance: ended(first), first: false }),
    aTransaction({ instance: broken("broken") }),
  ])
  await store.projections.begin("projection", 1)
  await store.commit([
    aRefusal(),
    aDelivery({ reached: 1, parked: [aParked()] }),
    aPage({ rows: [["a", {}]] }),
    aTransaction({ id: "timed", timers: [{ id: "timer", due: 1, payload: {} }] }),
  ])
  const old = begun("old-long")
  await store.commit([aTransaction({ instance: old }), aTransaction({ instance: broken("old-broken") })])
  const [{ t }] = (await store.commands.find(["old-long"])) as [Instance]
  await store.commit([
    aTransaction({ instance: ended({ ...old, history: [{ ...old.history[0]!, t }] }), first: false }),
  ])
  await store.commit([aTransaction({ id: "archive", archive: { ids: ["old-long", "old-broken"] } })])
}

function begun(id: string): Instance {
  return anInstance({
    command: {
      id,
      type: "Enroll",
      target: { type: "Thing", id: "a" },
      data: { period: 3 },
      expectedVersion: 0,
      occurredAt: "2011-10-01T00:38:44.546+02:00",
      basisT: 12,
    },
    state: "running",
    owner: "ann",
    parent: "parent",
    correlationId: "talk",
    digest: "digest",
  })
}

function ended(first: Instance): Instance {
  const history = [
    { ...first.history[0]!, t: first.history[0]!.t || 3 },
    { state: "succeeded", at: first.createdAt, t: 0 },
  ] as const
  return { ...first, state: "succeeded", result: { list: [1] }, history }
}

function broken(id: string): Instance {
  return anInstance({ id, state: "failed", error: { code: "broken" } })
}

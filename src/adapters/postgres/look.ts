import { unreachable } from "../../kernel/refusal.ts"
import type { TransactionWrite, ValueChange, Write } from "../../ports/write.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"
import { claimOf, valueText } from "./values.ts"
import { bigints, integers, texts, type Value } from "./wire.ts"

/** An entity whose id has a key, as it was seen. */
export type SeenEntity = {
  readonly key: number
  readonly type: number
  readonly version: number
  readonly createdT: number | null
}

/** A command as it was seen: its key, and the t of its last step; -1: it is in the archive, and takes none any more. */
export type SeenCommand = { readonly n: number; readonly t: number }

/** What was there when a batch was looked at: all of one moment. */
export type Seen = {
  /** The newest t then; infinite where it was not looked at, but remembered. */
  readonly t: number
  readonly entities: ReadonlyMap<string, SeenEntity>
  /** How many ids have no key. */
  readonly strangers: number
  readonly commands: ReadonlyMap<string, SeenCommand>
  /** The keys of those who have a value that is to be taken, or point at what is to go, by `claimOf`. */
  readonly holders: ReadonlyMap<string, ReadonlySet<number>>
  /** The newest t at which somebody came to have a value that was looked for, after it was, by `claimOf`. */
  readonly come: ReadonlyMap<string, number>
  /** The epochs of leases that somebody has, by name. */
  readonly leases: ReadonlyMap<string, number>
  /** The keys of projections that were not dropped, by `projectionKey`. */
  readonly projections: ReadonlyMap<string, number>
}

/** One text for one version of a projection. */
export function projectionKey(name: string, version: number): string {
  return `${version} ${name}`
}

/** What decides whether the writes of a batch may be made. */
export type Wanted = {
  readonly ids: Set<string>
  readonly commands: Set<string>
  readonly claims: Map<string, { readonly attribute: number; readonly value: string }>
  /** Values that were looked for, each with the t of that. */
  readonly sought: Map<string, { readonly attribute: number; readonly value: string; readonly t: number }>
  readonly leases: Set<string>
  readonly projections: Map<string, { readonly name: string; readonly version: number }>
}

type Row = [kind: number, text: string | null, a: number | null, b: number | null, c: number | null, d: number | null]

/** Every name that the rows of a batch will have as a key. */
export function wordsOf(writes: readonly Write[]): Set<string> {
  const words = new Set<string>()
  for (const write of writes) {
    if (write.kind !== "transaction") continue
    const { instance, actor, events, changes, unreferenced = [], sought } = write
    words.add(instance.command.type).add(instance.owner).add(actor)
    if (instance.command.target !== null) words.add(instance.command.target.type)
    for (const event of events) words.add(event.type).add(event.stream.type)
    for (const { type, values } of changes) {
      words.add(type)
      for (const { attribute } of values) words.add(attribute)
    }
    for (const { attribute } of [...unreferenced, ...(sought?.values ?? [])]) words.add(attribute)
  }
  return words
}

/** Looks at everything that decides whether the writes of a batch may be made, in one statement. */
export async function lookAt(ask: Ask, writes: readonly Write[], names: Names): Promise<Seen> {
  const wanted = wantedBy(writes, names)
  const seen = {
    t: 0,
    strangers: 0,
    entities: new Map<string, SeenEntity>(),
    commands: new Map<string, SeenCommand>(),
    holders: new Map<string, Set<number>>(),
    come: new Map<string, number>(),
    leases: new Map<string, number>(),
    projections: new Map<string, number>(),
  }
  for (const claim of wanted.claims.keys()) seen.holders.set(claim, new Set())
  for (const [kind, text, a, b, c, d] of await ask<Row>(...question(wanted))) {
    if (kind === 0) seen.t = a ?? 0
    else if (kind === 1) seen.entities.set(text!, { key: a!, type: b!, version: c!, createdT: d })
    else if (kind === 2) seen.commands.set(text!, { n: a!, t: b! })
    else if (kind === 3) seen.holders.get(claimOf(a!, text!))?.add(b!)
    else if (kind === 4) seen.leases.set(text!, a!)
    else if (kind === 6) seen.come.set(claimOf(a!, text!), b!)
    else seen.projections.set(projectionKey(text!, a!), b!)
  }
  seen.strangers = wanted.ids.size - seen.entities.size
  return seen
}

/** Only what is wanted is asked for: each set of parts is a statement of its own. */
function question({ ids, commands, claims, sought, leases, projections }: Wanted): [string, Value[]] {
  const parts = [
    "SELECT 0, NULL::text, (SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1), NULL::bigint, NULL::bigint, NULL::bigint",
  ]
  const values: Value[] = []
  const next = (value: Value) => `$${values.push(value)}`
  if (ids.size > 0) {
    const list = next(texts([...ids]))
    parts.push(`SELECT 1, id, key, type, version, created_t FROM @.entities WHERE id = ANY(${list}::text[])`)
  }
  if (commands.size > 0) {
    const list = next(texts([...commands]))
    parts.push(`SELECT 2, id, n, t, NULL, NULL FROM @.commands WHERE id = ANY(${list}::text[])`)
    parts.push(`SELECT 2, id, n, -1, NULL, NULL FROM @.archived_commands WHERE id = ANY(${list}::text[])`)
  }
  if (claims.size > 0) {
    const attributes = next(integers([...claims.values()].map(claim => claim.attribute)))
    const list = next(texts([...claims.values()].map(claim => claim.value)))
    parts.push(`SELECT 3, v.value, v.attribute, v.entity, NULL, NULL
      FROM unnest(${attributes}::integer[], ${list}::text[]) AS w(attribute, value) CROSS JOIN LATERAL (
        SELECT * FROM @.vals WHERE attribute = w.attribute AND value = w.value AND to_t = ${still} OFFSET 0) AS v`)
  }
  if (sought.size > 0) {
    const all = [...sought.values()]
    const attributes = next(integers(all.map(({ attribute }) => attribute)))
    const list = `${attributes}::integer[], ${next(texts(all.map(({ value }) => value)))}::text[]`
    parts.push(`SELECT 6, w.value, w.attribute, v.t, NULL, NULL
      FROM unnest(${list}, ${next(bigints(all.map(({ t }) => t)))}::bigint[]) AS w(attribute, value, t) CROSS JOIN LATERAL (
        SELECT max(from_t) AS t FROM @.vals
         WHERE attribute = w.attribute AND value = w.value AND to_t = ${still} AND from_t > w.t) AS v WHERE v.t IS NOT NULL`)
  }
  if (leases.size > 0) {
    const list = next(texts([...leases]))
    parts.push(
      `SELECT 4, name, epoch, NULL, NULL, NULL FROM @.leases WHERE holder IS NOT NULL AND name = ANY(${list}::text[])`,
    )
  }
  if (projections.size > 0) {
    const list = next(texts([...projections.values()].map(projection => projection.name)))
    const versions = next(integers([...projections.values()].map(projection => projection.version)))
    parts.push(`SELECT 5, p.name, p.version, p.key, NULL, NULL
      FROM unnest(${list}::text[], ${versions}::integer[]) AS w(name, version)
      JOIN @.projections AS p ON p.name = w.name AND p.version = w.version AND p.state <> 2`)
  }
  return [parts.join(" UNION ALL "), values]
}

/** Everything that must be known to decide the writes of a batch. */
export function wantedBy(writes: readonly Write[], names: Names): Wanted {
  const wanted: Wanted = {
    ids: new Set(),
    commands: new Set(),
    claims: new Map(),
    sought: new Map(),
    leases: new Set(),
    projections: new Map(),
  }
  for (const write of writes) {
    switch (write.kind) {
      case "transaction":
        wantByTransaction(write, wanted, names)
        break
      case "projection":
        wanted.projections.set(projectionKey(write.name, write.version), write)
        if (write.fence !== undefined) wanted.leases.add(write.fence.name)
        break
      case "deliveries":
        if (write.fence !== undefined) wanted.leases.add(write.fence.name)
        break
      case "refusal":
        break
      default:
        unreachable(write)
    }
  }
  return wanted
}

function wantByTransaction(write: TransactionWrite, wanted: Wanted, names: Names): void {
  const { instance, changes, fence, unreferenced = [], sought } = write
  if (fence !== undefined) wanted.leases.add(fence.name)
  wanted.commands.add(instance.command.id)
  for (const id of idsOf(write)) wanted.ids.add(id)
  const claim = (name: string, said: ValueChange["value"]) => {
    const attribute = names.keyOf(name)
    const value = valueText(said)
    wanted.claims.set(claimOf(attribute, value), { attribute, value })
  }
  for (const { values } of changes) {
    for (const { attribute, value, unique, added } of values) if (unique && added) claim(attribute, value)
  }
  for (const { attribute, id } of unreferenced) claim(attribute, id)
  for (const { attribute: name, value: said } of sought?.values ?? []) {
    const [attribute, value] = [names.keyOf(name), valueText(said)]
    const key = claimOf(attribute, value)
    wanted.sought.set(key, { attribute, value, t: Math.min(sought!.t, wanted.sought.get(key)?.t ?? Infinity) })
  }
}

/** The ids of the entities that a transaction is about or rests on. */
export function* idsOf({ events, reads, changes }: TransactionWrite): Generator<string> {
  for (const { stream } of events) yield stream.id
  for (const { id } of reads) yield id
  for (const { id } of changes) yield id
}

import { limits } from "../../kernel/limits.ts"
import type { TransactionWrite, Write } from "../../ports/write.ts"
import { idsOf, projectionKey, wantedBy, type Seen, type SeenCommand, type SeenEntity, type Wanted } from "./look.ts"
import type { Names } from "./names.ts"
import { recent } from "../sql/recent.ts"

/**
 * What this process has lately read, or has written itself. A batch that is decided on it need not look first, which
 * saves it a question to the database. It is never trusted: the commit compares all of it with what is there.
 */
export type Memory = {
  /** Notes an entity; null: there is none of that id. */
  entity(id: string, entity: SeenEntity | null): void
  /** Notes a command that will take a further step. */
  command(id: string, command: SeenCommand): void
  /** Notes the key of a version of a projection. */
  projection(key: string, projection: number): void
  /** Everything that a batch rests on; null: not all of it is known. */
  recall(writes: readonly Write[], names: Names): Seen | null
  /** Drops what a batch rests on: it was wrong, or may have changed in a way that nobody has noted. */
  forget(writes: readonly Write[]): void
}

/** Remembers nothing yet. */
export function memoryOf(): Memory {
  const entities = recent<string, SeenEntity | null>(limits.keysCachedMax)
  const commands = recent<string, SeenCommand>(limits.keysCachedMax)
  const projections = recent<string, number>(limits.keysCachedMax)

  function recall(writes: readonly Write[], names: Names): Seen | null {
    const wanted = wantedBy(writes, names)
    const seen = nothingSeen(wanted)
    let begun: ReadonlySet<string> | null = null
    for (const id of wanted.ids) {
      const entity = entities.get(id)
      if (entity === undefined && !(begun ??= begunBy(writes)).has(id)) return null
      if (entity != null) seen.entities.set(id, entity)
    }
    for (const key of wanted.projections.keys()) {
      const projection = projections.get(key)
      if (projection === undefined) return null
      seen.projections.set(key, projection)
    }
    return writes.every(write => recallStep(write, seen))
      ? { ...seen, strangers: wanted.ids.size - seen.entities.size }
      : null
  }

  function recallStep(write: Write, seen: ReturnType<typeof nothingSeen>): boolean {
    if (write.kind !== "refusal" && write.fence !== undefined) seen.leases.set(write.fence.name, write.fence.epoch)
    if (write.kind !== "transaction") return true
    // A transaction that must have a certain t needs to know where the log ends.
    if (write.recorded !== null || takesRefs(write)) return false
    if (write.first) return true
    const { id } = write.instance.command
    const command = commands.get(id)
    if (command === undefined || command.t !== write.follows) return false
    seen.commands.set(id, command)
    return true
  }

  return {
    entity: (id, entity) => entities.set(id, entity),
    command: (id, command) => commands.set(id, command),
    projection: (key, projection) => projections.set(key, projection),
    recall,
    forget(writes) {
      for (const write of writes) {
        if (write.kind === "projection") projections.delete(projectionKey(write.name, write.version))
        if (write.kind !== "transaction") continue
        commands.delete(write.instance.command.id)
        for (const id of idsOf(write)) entities.delete(id)
      }
    },
  }
}

/** The ids that writes take to be free. Whoever decided that need not have looked: the commit does. */
function begunBy(writes: readonly Write[]): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const write of writes) {
    if (write.kind !== "transaction") continue
    for (const { stream } of write.events) if (stream.version === 1) ids.add(stream.id)
    for (const { id, version } of write.reads) if (version === 0) ids.add(id)
  }
  return ids
}

/** Whether it takes refs to what it retracts from others: there are such, and nobody remembers whose. */
function takesRefs({ changes, unreferenced }: TransactionWrite): boolean {
  if (unreferenced === undefined) return false
  const gone = new Set<unknown>(unreferenced.map(({ id }) => id))
  return changes.some(({ values }) => values.some(({ ref, added, value }) => ref && !added && gone.has(value)))
}

// New commands are taken to be new, and values to be nobody's: the commit looks.
function nothingSeen({ claims }: Wanted) {
  return {
    t: Number.POSITIVE_INFINITY,
    entities: new Map<string, SeenEntity>(),
    commands: new Map<string, SeenCommand>(),
    holders: new Map([...claims.keys()].map(claim => [claim, new Set<number>()])),
    come: new Map<string, number>(),
    leases: new Map<string, number>(),
    projections: new Map<string, number>(),
  }
}

import type { Document } from "../../kernel/entity.ts"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import type { EntityKey, KeyedEntity } from "../../ports/facts.ts"
import { recent } from "./recent.ts"

/** An entity as its newest version has it. The document is text: whoever asks gets one of their own. */
export type StoredEntity = Omit<KeyedEntity, "document"> & { readonly text: string }

/** Entities as they are now, as far as they were read lately. */
export type KeptEntities = {
  /** An entity as it was at t; undefined: it must be read. */
  at(key: EntityKey, t: T): KeyedEntity | undefined
  typeAt(key: EntityKey, t: T): string | undefined
  /** Keeps an entity that was read as of t. */
  keep(entity: StoredEntity, t: T): void
  /** There is a newer version of it, or may be. */
  forget(key: EntityKey): void
  clear(): void
}

// What an entry takes beside its text, in characters: roughly.
const entryChars = 150

/**
 * Keeps nothing yet. `toldTo` says up to which t `forget` was called for all that has changed: the version that was the
 * newest then is the one of every t from its own up to there.
 */
export function keptEntities(toldTo: () => T): KeptEntities {
  const kept = recent<EntityKey, StoredEntity>(limits.entitiesKeptCharsMax, ({ text }) => text.length + entryChars)

  function storedAt(key: EntityKey, t: T): StoredEntity | undefined {
    const found = kept.get(key)
    return found === undefined || t < found.fromT || t > toldTo() ? undefined : found
  }

  return {
    at(key, t) {
      const found = storedAt(key, t)
      return found && keyed(found)
    },
    typeAt: (key, t) => storedAt(key, t)?.type,
    keep(entity, t) {
      // What was read as of an older t may have changed since, and whoever said so was not heeded.
      if (t >= toldTo()) kept.set(entity.key, entity)
    },
    forget: key => kept.delete(key),
    clear: () => kept.clear(),
  }
}

/** An entity with its document. */
export function keyed({ key, id, type, fromT, createdT, text }: StoredEntity): KeyedEntity {
  // What was written as a document is read as one.
  return { key, id, type, fromT, createdT, document: JSON.parse(text) as Document }
}

import type { Maybe } from "../../kernel/handler.ts"
import type { T } from "../../kernel/message.ts"
import type { EntityKey } from "../../ports/facts.ts"
import type { Write, WriteOutcome } from "../../ports/write.ts"
import { keptEntities, type KeptEntities } from "../sql/kept-entities.ts"
import { places } from "../sql/places.ts"
import type { Alone } from "./alone.ts"
import type { Ask } from "./driver.ts"

/** What this process knows of the log, and what it may keep in mind because of that. */
export type Tidings = {
  /** Up to here it has heeded all that was committed, by whomever. */
  readonly toldTo: () => T
  /** Entities as they are at that t. */
  readonly kept: KeptEntities
  /**
   * The newest t there is: told at once where nobody else can have added to the log, else asked for. All that has changed up to
   * it is heeded afterwards.
   */
  readonly basis: () => Maybe<T>
  /** This process has committed. `keyOf` knows the keys of ids that were read lately. */
  readonly committed: (
    writes: readonly Write[],
    outcomes: readonly WriteOutcome[],
    keyOf: (id: string) => EntityKey | undefined,
  ) => void
}

// Beyond, what is kept is forgotten as a whole: to ask what has changed would take longer than to read anew what is wanted.
const heededMax = 1_000

const newest = "SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1"

// Every version of an entity has its event.
const changed = "SELECT DISTINCT entity FROM @.events WHERE pos >= $1 AND pos < $2"

/** Knows nothing yet. */
export function tidingsOf(read: Ask, alone: Pick<Alone, "isNewest" | "asked">): Tidings {
  let toldTo: T = 0
  const kept = keptEntities(() => toldTo)

  async function heed(to: T): Promise<void> {
    if (to - toldTo > heededMax) kept.clear()
    else {
      for (const [entity] of await read<[EntityKey]>(changed, [(toldTo + 1) * places, (to + 1) * places]))
        kept.forget(entity)
    }
    toldTo = Math.max(toldTo, to)
  }

  async function ask(): Promise<T> {
    const t = (await read<[T]>(newest))[0]?.[0] ?? 0
    alone.asked(t)
    if (t > toldTo) await heed(t)
    return t
  }

  return {
    toldTo: () => toldTo,
    kept,
    basis: () => (alone.isNewest(toldTo) ? toldTo : ask()),
    committed(writes, outcomes, keyOf) {
      let next = toldTo
      for (const [i, outcome] of outcomes.entries()) {
        const write = writes[i]!
        if (write.kind !== "transaction" || outcome.kind !== "done") continue
        for (const { id, replaces } of write.changes) {
          const key = keyOf(id)
          if (key !== undefined) kept.forget(key)
          // It may be kept by a key that nobody remembers.
          else if (replaces) kept.clear()
        }
        // Others may have come in between: what they changed is asked for when the newest t is.
        if (outcome.t === next + 1) next = outcome.t
      }
      toldTo = next
    },
  }
}

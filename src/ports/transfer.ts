import type { Document } from "../kernel/entity.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { T } from "../kernel/message.ts"
import type { KeptRefusal } from "./commands.ts"
import type { LoggedEvent } from "./log.ts"
import type { Store } from "./store.ts"
import type { Timer } from "./timers.ts"
import type { ParkedDelivery } from "./write.ts"

/** A transaction with all that it came to, also one in which nothing was said. */
export type StoredTransaction = {
  readonly t: T
  readonly at: string
  readonly commandId: string
  readonly actor: string
  readonly schemaVersion: number
  readonly hash: string
  readonly events: readonly LoggedEvent[]
  /** What it changed, as it is afterwards; `document: null`: it was retracted. In the order in which it was written. */
  readonly changes: readonly { readonly id: string; readonly type: string; readonly document: Document | null }[]
}

/** What a store keeps beside its log and its commands, and what cannot be made again from them; and what of these is archived. */
export type Aside =
  | ({ readonly kind: "refusal" } & KeptRefusal)
  | ({ readonly kind: "timer" } & Timer)
  | ({ readonly kind: "parked" } & ParkedDelivery)
  | { readonly kind: "archived"; readonly id: string; readonly at: string }
  | { readonly kind: "checkpoint"; readonly consumer: string; readonly reached: T }

/**
 * What may be done with a daybook.
 *
 * open      Everything.
 * filling   Another one is being moved here, and it is not whole yet: it is not to be served.
 * left      It was moved elsewhere: nobody writes here any more.
 */
export type Condition = "open" | "filling" | "left"

/** How many there are of each. Read models are not counted: they can be made again. */
export type Holdings = {
  readonly transactions: number
  readonly events: number
  readonly commands: number
  /** Those of the commands that are in the archive. */
  readonly archived: number
  readonly versions: number
  readonly values: number
  readonly refusals: number
  readonly timers: number
  readonly parked: number
  readonly checkpoints: number
}

/** What it takes to carry a daybook from one store to another as it is. Leases and read models stay behind. */
export interface TransferStore {
  /** What may be done with this daybook. */
  condition(): Maybe<Condition>

  /**
   * Says so from now on, for all processes. When it is `left` by this, whatever others had under way is there, and
   * whatever they try to commit after it is refused as `unavailable`.
   */
  setCondition(condition: Condition): Maybe<void>

  /** The transactions after `after`, in order, at most `limit`, fewer where they are large. Empty only at the end. */
  transactions(after: T, limit: number): Maybe<readonly StoredTransaction[]>

  /** Everything beside the log, page by page; refusals from the oldest on. */
  aside(): AsyncIterable<readonly Aside[]>

  /** Forgets everything beside the log. */
  clearAside(): Maybe<void>

  /** Adds a page of what another store has beside its log. */
  addAside(page: readonly Aside[]): Maybe<void>

  /** Counts everything, of one moment. */
  holdings(): Maybe<Holdings>
}

/** A store that a daybook can be moved from and to. */
export type MovableStore = Store & { readonly transfer: TransferStore }

import type { Maybe } from "../kernel/handler.ts"
import type { T } from "../kernel/message.ts"
import type { CommandStore } from "./commands.ts"
import type { DatalogStore } from "./datalog.ts"
import type { DeliveryStore } from "./deliveries.ts"
import type { EntityStore } from "./entities.ts"
import type { FactStore } from "./facts.ts"
import type { LeaseStore } from "./leases.ts"
import type { LogStore } from "./log.ts"
import type { MaintenanceStore } from "./maintenance.ts"
import type { ProjectionStore } from "./projections.ts"
import type { TimerStore } from "./timers.ts"
import type { Write, WriteOutcome } from "./write.ts"

/**
 * Where everything is kept. Its methods answer at once where the store is in the same process, and later where it is
 * not; callers take both.
 *
 * What every store promises:
 * - Durable: what `commit` has answered with `done` survives `kill -9` and a power cut.
 * - Whole: a reader, in this process or another, sees a transaction entirely or not at all.
 * - Ordered: t is 1, 2, 3 … without gaps, in commit order, for all processes together. Whoever has seen t has seen all
 *   before it; nothing ever appears behind.
 * - Contiguous: the versions of a stream are 1, 2, 3 … without gaps.
 * - Chained: each transaction carries the hash of the one before (`hash.ts`).
 */
export interface Store {
  readonly log: LogStore
  readonly entities: EntityStore
  readonly commands: CommandStore
  readonly deliveries: DeliveryStore
  readonly timers: TimerStore
  readonly projections: ProjectionStore
  readonly leases: LeaseStore
  readonly maintenance: MaintenanceStore
  /** The same entities by integer keys, with the values of their attributes, many at once: what is walked over. */
  readonly facts: FactStore
  /** Queries that the store answers where the facts are, as far as it can. */
  readonly datalog: DatalogStore

  /**
   * Commits a batch of writes in order, with one wait for the disk for all of them.
   *
   * - Resolves only when all that is `done` is durable.
   * - One outcome per write, at its place. A write that drops out does so alone: those before and after it are
   *   committed, except where they rest on it, which their versions show, or `restsOn` (`drop-outs.ts`).
   * - A transaction whose command id is known, and not `first: false`, is a `duplicate`; so is one that `follows` a step
   *   which is not its command's last any more.
   * - Throws `unavailable` when nothing could be written (a full disk, a read-only file, a lost connection whose
   *   transaction is known not to be there). Nothing of the batch is there then.
   */
  commit(writes: readonly Write[]): Maybe<readonly WriteOutcome[]>

  /**
   * How many commits are worth having under way at once. More than one where the next is taken before the last is there,
   * and nobody else was seen to write: who has to wait for others does better with fewer and larger ones.
   */
  commitsAtOnce(): number

  /** The t of the newest transaction; 0 before the first. */
  basis(): Maybe<T>

  /**
   * The newest t that this process knows of, told at once where `basis` takes a while: others may have committed since.
   * Null: it knows of none.
   */
  presumed?(): T | null

  /**
   * Calls the listener when transactions were committed that this process did not commit itself. A bell, not a
   * delivery: it may ring late, once for many, or not at all. Resolves to a function that stops it.
   */
  onBell(listener: () => void): () => void

  /** Gives up everything it holds. What is under way is finished first. */
  close(): Maybe<void>
}

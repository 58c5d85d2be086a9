import type { Asker, Command, RecordedEvent, T } from "../kernel/message.ts"
import type { Ids } from "../kernel/ids.ts"
import type { Arrival, TurnMoment } from "../kernel/life.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type { Workflow } from "../kernel/workflow.ts"

/** Under what name the router has its checkpoint and its lease. */
export const routerName = "workflows"

/** What bringing events to instances needs besides what every consumer of the log does. */
export type RouterParts = {
  /** By the command type they handle. */
  readonly workflows: ReadonlyMap<string, Workflow>
  /** Asks for a command. Resolves when it is durable; rejects with a Refusal when nothing was recorded. */
  readonly ask: (command: Command, asker: Asker) => Promise<void>
  /** Brings something to an instance. Resolves when that is durable, or changed nothing. */
  readonly wake: (id: string, arrival: Arrival) => Promise<void>
  /** Aborts a command, whatever handles it. Resolves when that is durable. */
  readonly abort: (id: string, parent: string) => Promise<void>
  /** Told of each event of an instance, in order. */
  readonly stepped: (event: RecordedEvent) => void
}

/** What taking steps needs besides the instance. */
export type TurnParts = TurnMoment & {
  readonly ids: Pick<Ids, "of">
  readonly snapshot: (t: T) => Snapshot
}

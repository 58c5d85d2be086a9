import { instant } from "../../kernel/clock.ts"
import type { Event, RecordedEvent, T, Target } from "../../kernel/message.ts"
import { seededIds } from "../ids.ts"
import type { Rules } from "./rules.ts"

/** When, to whom and by whom something happened, where that matters. */
export type Circumstances = {
  /** The stream it is in: an entity, or its id alone where the event's type says the rest. */
  readonly to?: string | Target
  readonly at?: string
  readonly by?: string
  /** Its type's version, of data from before an upcaster. */
  readonly typeVersion?: number
  readonly causedBy?: RecordedEvent["causedBy"]
}

/** An event with its circumstances. */
export type Happened = { readonly event: Event; readonly circumstances: Circumstances }

/** What can be given: an event, or one with its circumstances. */
export type Given = Event | Happened

/** Says of an event when, to whom or by whom it happened. */
export function happened(event: Event, circumstances: Circumstances): Happened {
  return { event, circumstances }
}

/** The instant at which everything happens that says no other. */
export const usualInstant = "2030-01-01T00:00:00.000Z"

/** What holds for the events of one test, unless they say otherwise. */
export type Usual = { readonly to: Target; readonly at: string; readonly by: string }

const ids = seededIds("given")

/** Places events as a log would: each in a transaction of its own, from t on, with a version in its stream. */
export function recordedAll(given: readonly Given[], rules: Rules, usual: Usual, after: T = 0): RecordedEvent[] {
  const versions = new Map<string, number>()
  return given.map((one, i) => {
    const { event, circumstances } = "event" in one ? one : { event: one, circumstances: {} }
    rules.checkEvent(event, circumstances.typeVersion)
    const { to, at, by = usual.by, typeVersion = rules.versionOf(event.type), causedBy } = circumstances
    const target = typeof to === "string" ? { type: rules.streamOf(event.type) ?? usual.to.type, id: to } : to
    const { type, id } = target ?? { type: usual.to.type || (rules.streamOf(event.type) ?? ""), id: usual.to.id }
    const version = (versions.get(id) ?? 0) + 1
    versions.set(id, version)
    const t = after + i + 1
    const command = causedBy ?? { type: "Command", id: `command-${t}` }
    const placed = {
      id: ids.of(command.id, 0),
      stream: { type, id, version },
      t,
      n: 0,
      at: instant(Date.parse(at ?? usual.at)),
    }
    const conversation = { causedBy: command, correlationId: command.id, actor: by }
    const occurred = at === undefined ? {} : { occurredAt: at }
    return rules.upcast({
      ...event,
      ...placed,
      ...occurred,
      ...conversation,
      schemaVersion: rules.version,
      typeVersion,
    })
  })
}

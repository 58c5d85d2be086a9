import type { JsonObject } from "../kernel/json.ts"
import type { RecordedEvent, Target } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Reacting, ReactionContext, RunningLimit, StartedBy, When, Workflow } from "../kernel/workflow.ts"

type React = Reacting["react"]
type HeardOptions = Partial<Pick<Reacting, "match" | "enough">> & { readonly expired?: React }
type EndedOptions = Partial<Pick<Reacting, "enough">>
type Starting = { readonly to: string | Target | null; readonly data: JsonObject; readonly owner?: string }

type Written = Partial<Pick<Workflow, "version" | "abort" | "upgrade">> &
  Pick<Workflow, "start"> & {
    readonly on?: (words: typeof tableWords) => Readonly<Record<string, Reacting | React>>
    readonly startedBy?: Readonly<Record<string, (event: RecordedEvent) => Starting | null>>
    readonly limit?: Partial<RunningLimit> & Pick<RunningLimit, "running">
  }

/** Finds whom a command is for, by an id or by what says it already. */
export type Addressing = (type: string, to: string | Target | null) => Target | null

/** Makes a workflow as the platform knows it of what was written. */
export function workflowOf(type: string, written: Written, addressed: Addressing): Workflow {
  const { version = 1, start, on, startedBy = {}, abort = null, upgrade = null, limit } = written
  const table = Object.entries(on?.(tableWords) ?? {}).map(([name, row]): [string, Reacting] => [
    name,
    typeof row === "function" ? rowOf({ kind: "timer" }, row) : row,
  ])
  const starters = Object.entries(startedBy).map(([event, starting]): [string, StartedBy] => [
    event,
    recorded => {
      const started = starting(recorded)
      if (started === null) return null
      const { to, ...rest } = started
      return { target: addressed(type, to), ...rest }
    },
  ])
  return {
    kind: "workflow",
    type,
    version,
    start,
    on: Object.fromEntries(table),
    startedBy: Object.fromEntries(starters),
    abort,
    upgrade,
    limit: limit === undefined ? null : { key: null, priority: null, ...limit },
  }
}

/** As soon as an event comes with data like the filter. */
export function when(event: string, filter: JsonObject = {}): When {
  return { kind: "when", event, filter }
}

const tableWords = {
  heard(event: string, ...rest: readonly [React] | readonly [HeardOptions, React]): Reacting {
    const [{ expired, ...options }, react] = rest.length === 1 ? [{} as HeardOptions, rest[0]] : rest
    const either = (context: ReactionContext) => {
      if (!context.expired) return react(context)
      if (expired !== undefined) return expired(context)
      throw new Refusal("invalid", `The time of a wait for ${event} is over, and nothing is said about that`)
    }
    return { ...rowOf({ kind: "event", event }, either), ...options }
  },
  ended(...rest: readonly [React] | readonly [string, React] | readonly [string, EndedOptions, React]): Reacting {
    const react = rest.at(-1) as React
    const options = rest.length === 3 ? rest[1] : {}
    const child = rest.length === 1 ? null : rest[0]
    const ofType = (context: ReactionContext) => {
      const other = context.outcomes.find(({ type }) => child !== null && type !== child)
      if (other === undefined) return react(context)
      throw new Refusal("invalid", `What is told of children ${child} is told of ${other.type}`, { child: other.id })
    }
    return { ...rowOf({ kind: "child" }, ofType), ...options }
  },
}

function rowOf(hears: Reacting["hears"], react: React): Reacting {
  return { hears, match: null, enough: null, react }
}

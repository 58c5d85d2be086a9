import type { Aggregate, Upcaster } from "./aggregate.ts"
import type { ArchivePolicy } from "./archive-policy.ts"
import type { Derived } from "./derived.ts"
import type { CommandHandler } from "./handler.ts"
import type { JsonObject } from "./json.ts"
import type { Command } from "./message.ts"
import type { NamedQuery } from "./named-query.ts"
import type { Processor } from "./processor.ts"
import type { Projection } from "./projection.ts"
import type { PromptRule } from "./prompt.ts"
import type { Workflow } from "./workflow.ts"

/** Everything that an application is made of: plain data and functions, checked together when it is started. */
export type App = {
  readonly kind: "app"
  /** The schema as it is served: the JSON of the contract. */
  readonly schema: JsonObject
  readonly aggregates: readonly Aggregate[]
  readonly handlers: readonly CommandHandler[]
  readonly workflows: readonly Workflow[]
  readonly processors: readonly Processor[]
  readonly projections: readonly Projection[]
  readonly upcasters: readonly Upcaster[]
  readonly derived: readonly Derived[]
  readonly queries: readonly NamedQuery[]
  readonly prompts: readonly PromptRule[]
  /** What the outside does for it, by the names that handlers and processors ask for. */
  readonly adapters: Readonly<Record<string, unknown>>
  readonly importing: Importing | null
  /** When commands that have ended go to the archive; null: when somebody asks for it. */
  readonly archive: ArchivePolicy | null
}

/** One line of a log from elsewhere: what happened in one case, once. */
export type LogLine = {
  /** 1, 2, 3 … in its file. */
  readonly number: number
  readonly caseId: string
  readonly activity: string
  readonly transition: string | null
  /** ISO 8601 as it was written; null: the log says none. */
  readonly at: string | null
  readonly resource: string | null
  readonly caseAttributes: Readonly<Record<string, string | number | boolean>>
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

/** A command without an id: the id follows from the file's name and the line's number. */
export type ImportedCommand = Omit<Command, "id">

/** Turns the lines of a log into commands, in order. It may remember, within one run, what it has seen of a case. */
export type Importing = () => (line: LogLine) => ImportedCommand | { readonly skip: string }

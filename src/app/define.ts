import type { Aggregate, Upcaster } from "../kernel/aggregate.ts"
import type { ArchivePolicy } from "../kernel/archive-policy.ts"
import type { App, Importing } from "../kernel/app.ts"
import type { Derived } from "../kernel/derived.ts"
import type { CommandHandler } from "../kernel/handler.ts"
import type { JsonObject } from "../kernel/json.ts"
import type { NamedQuery } from "../kernel/named-query.ts"
import type { Processor } from "../kernel/processor.ts"
import type { Projection } from "../kernel/projection.ts"
import type { PromptRule } from "../kernel/prompt.ts"
import type { Workflow } from "../kernel/workflow.ts"

/** What an application may be made of. Only the schema is needed: alone it is a whole working server. */
export type AppDefinition = {
  readonly schema: object
  readonly aggregates?: readonly Aggregate[]
  readonly handlers?: readonly CommandHandler[]
  readonly workflows?: readonly Workflow[]
  readonly processors?: readonly Processor[]
  readonly projections?: readonly Projection[]
  readonly upcasters?: readonly Upcaster[]
  readonly derived?: readonly Derived[]
  readonly queries?: readonly NamedQuery[]
  /** By what rules people are told what waits for them. */
  readonly prompts?: readonly PromptRule[]
  readonly adapters?: Readonly<Record<string, unknown>>
  /** How the lines of a log from elsewhere become commands. */
  readonly importing?: Importing
  /** When commands that have ended go to the archive; without it, when somebody asks for it. */
  readonly archive?: ArchivePolicy | null
}

/** Puts the parts of an application together. Nothing is checked, connected or started before it is opened. */
export function daybook(definition: AppDefinition): App {
  return {
    kind: "app",
    // A schema literal is JSON by its grammar; the compiler is not told so, to keep its literal types.
    schema: definition.schema as JsonObject,
    aggregates: definition.aggregates ?? [],
    handlers: definition.handlers ?? [],
    workflows: definition.workflows ?? [],
    processors: definition.processors ?? [],
    projections: definition.projections ?? [],
    upcasters: definition.upcasters ?? [],
    derived: definition.derived ?? [],
    queries: definition.queries ?? [],
    prompts: definition.prompts ?? [],
    adapters: definition.adapters ?? {},
    importing: definition.importing ?? null,
    archive: definition.archive ?? null,
  }
}

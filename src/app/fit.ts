import { buildRoutes, type Routes } from "../commands/routes.ts"
import type { App } from "../kernel/app.ts"
import type { Stepping } from "../kernel/life.ts"
import type { PromptRule } from "../kernel/prompt.ts"
import type { Workflow } from "../kernel/workflow.ts"
import { compileProcessors } from "../processors/compiled.ts"
import { compileDerived, type CompiledDerived } from "../queries/derived.ts"
import { compileQueries, type CompiledQuery } from "../queries/named.ts"
import { orderedRules } from "../queries/prompts.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { tableOf } from "../workflows/check.ts"
import { buildUpcast, type Upcast } from "./upcast.ts"

/** The tables of an app, which fit together. */
export type Fitted = {
  readonly routes: Routes
  readonly workflows: ReadonlyMap<string, Workflow>
  readonly upcast: Upcast
  readonly derived: readonly CompiledDerived[]
  readonly named: ReadonlyMap<string, CompiledQuery>
  /** In their order. */
  readonly prompts: readonly PromptRule[]
}

/** Puts the tables of an app together, or throws one Error that lists everything that does not fit, each with its place. */
export function fit(
  app: App,
  schema: CompiledSchema,
  adapters: Readonly<Record<string, unknown>>,
  stepping?: (workflows: ReadonlyMap<string, Workflow>) => Stepping,
): Fitted {
  const problems: string[] = []
  const workflows = tried(() => tableOf(app.workflows, schema), problems)
  const routes = tried(() => buildRoutes(app, schema, adapters, stepping?.(workflows ?? new Map())), problems)
  const upcast = tried(() => buildUpcast(app, schema), problems)
  tried(() => compileProcessors(app.processors, { schema, adapters }), problems)
  const derived = tried(() => compileDerived(app.derived, schema, adapters), problems)
  const named = tried(() => compileQueries(app.queries, adapters), problems)
  const prompts = tried(() => orderedRules(app.prompts, schema), problems)
  const isWhole = routes !== null && workflows !== null && upcast !== null && derived !== null && named !== null
  if (isWhole && prompts !== null && problems.length === 0)
    return { routes, workflows, upcast, derived, named, prompts }
  throw new Error(`The application does not fit together:\n- ${problems.join("\n- ")}`)
}

// Each of them lists what it finds, one line each, behind a sentence of its own.
function tried<Table>(build: () => Table, problems: string[]): Table | null {
  try {
    return build()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [sentence = "", ...lines] = message.split("\n- ")
    problems.push(...(lines.length === 0 ? [sentence] : lines))
    return null
  }
}

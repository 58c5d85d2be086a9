import type { Clock } from "../kernel/clock.ts"
import type { Journal } from "../ports/journal.ts"
import type { Metrics } from "../ports/metrics.ts"
import type { Store } from "../ports/store.ts"
import type { QueryAsker } from "../kernel/named-query.ts"
import { Attributes } from "../queries/attributes.ts"
import { Live } from "../queries/live/live.ts"
import { Queries } from "../queries/queries.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { attributesRead } from "../security/relevance.ts"
import type { Security } from "../security/security.ts"
import type { Fitted } from "./fit.ts"
import type { Reached } from "./reached.ts"
import { askingPrompts } from "./prompting.ts"
import { AboutRights } from "./rights.ts"
import { Seen } from "./seen.ts"
import { snapshotAt } from "./snapshot.ts"

/** What everything that is asked is answered with. */
export type AskingParts = Pick<Fitted, "derived" | "named" | "prompts"> & {
  readonly store: Store
  readonly clock: Clock
  readonly schema: CompiledSchema
  readonly security: Security
  readonly journal: Journal
  readonly metrics: Metrics
  readonly adapters: Readonly<Record<string, unknown>>
  readonly reached: Reached
  readonly aborting: () => { readonly signal: unknown; readonly abort: (reason: Error) => void }
}

/** Makes what answers queries, and questions about rights. */
export function answering({ derived, named, prompts, adapters, aborting, reached, ...parts }: AskingParts) {
  const { store, clock, schema, security, journal, metrics } = parts
  const rightsOf = (principal: string, t: number) => security.as(principal, t)
  const attributes = new Attributes(schema, derived)
  const snapshot = (t: number) => snapshotAt(store.entities, t)
  const seen = new Seen({ store, schema, rightsOf })
  const mayAsk = async (owner: string, asker: QueryAsker) => {
    if (!(await seen.owns(owner, asker.principal))) await aboutRights.mustHold("operate", asker)
  }
  const asked = askingPrompts({ rules: prompts, store, schema, clock, snapshot }, mayAsk, owner => seen.owners(owner))
  const queries = new Queries({
    store,
    clock,
    attributes,
    named: new Map(named).set(asked.name, asked),
    rightsOf,
    derived: { clock, adapters, aborting },
    // Who leaves is known by an AbortSignal: it is what the edge hands in.
    reached: (t, ms, signal) => reached.wait(t, ms, signal as AbortSignal | undefined),
  })
  const read = attributesRead(security.rules)
  const live = new Live({
    facts: store.facts,
    log: store.log,
    basis: () => store.basis(),
    schema,
    isAboutRights: ({ attributes: changed }) => [...changed].some(name => read.has(name)),
    clock,
    journal,
    metrics,
  })
  const aboutRights = new AboutRights({ store, security, queries })
  return { queries, live, aboutRights, seen }
}

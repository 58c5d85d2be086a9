import type { Json } from "../kernel/json.ts"
import type { QueryAsker } from "../kernel/named-query.ts"
import type { Store } from "../ports/store.ts"
import type { Live, LiveUpdate } from "../queries/live/live.ts"
import { watching } from "../queries/live/watching.ts"
import type { Queries } from "../queries/queries.ts"
import { system } from "../security/security.ts"

type Asked = {
  readonly body: Json
  readonly asker: QueryAsker
  readonly tell: (update: LiveUpdate) => void
}

/** Begins to watch a query. Resolves, once it was answered, to what ends it. */
export async function watched(
  { queries, live, store }: { readonly queries: Queries; readonly live: Live; readonly store: Store },
  { body, asker, tell }: Asked,
): Promise<() => void> {
  const answer = watching(queries, store.facts, body, asker)
  return live.watch({ principal: asker.principal, isJudged: asker.principal !== system, answer, tell })
}

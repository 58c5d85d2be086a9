import type { Clock } from "../kernel/clock.ts"
import type { Json } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import { assert } from "../kernel/refusal.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Store } from "../ports/store.ts"
import { scopeOf } from "../security/scope.ts"
import { answerDatalog, type DatalogAnswer, type DatalogParts } from "./datalog/answer.ts"
import type { ParsedDatalog } from "./datalog/query.ts"
import { answeringWithoutPast, withoutPast } from "./forgetful.ts"
import type { Target } from "./pattern.ts"
import { pull } from "./pull.ts"
import type { View } from "./view.ts"

/** A datalog query, and the patterns of what it pulls, read. */
export type FindQuestion = { readonly query: ParsedDatalog; readonly targets: ReadonlyMap<Json, Target> }

/** Answers datalog for the reader and the moment of a view. */
export function find(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { query, targets }: FindQuestion,
  view: View,
): Steps<DatalogAnswer> {
  return answerDatalog(query, {
    schema: view.attributes.schema,
    store: {
      facts: withoutPast(store.facts, view.attributes.forgetful, view.newest),
      datalog: answeringWithoutPast(store.datalog, view.attributes.forgetful, view.newest),
    },
    clock,
    moment: view.moment,
    reader: readerOf(view),
    milliseconds: view.budget.leftMs,
    isGone: () => view.budget.isOver,
    ...(view.onResolved === undefined ? {} : { onResolved: view.onResolved }),
    *pull(keys: readonly EntityKey[], pattern: Json, t: T) {
      const target = targets.get(pattern)
      assert(target !== undefined, "what is pulled was read")
      // A later page is of the moment of the first one.
      const moment = t === view.moment.t ? view.moment : { t }
      return yield* pull({ ...view, moment }, target, keys, true)
    },
  })
}

function readerOf({ rights, sight }: View): DatalogParts["reader"] {
  const scope = scopeOf(rights)
  if (scope === null || sight === null) return null
  const visible = (keys: readonly EntityKey[], attribute?: string) => need(sight.sees(keys, attribute))
  return { scope, sight: { guarded: sight.guarded, visible } }
}

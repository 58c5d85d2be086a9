import type { Clock } from "../kernel/clock.ts"
import type { Json } from "../kernel/json.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Store } from "../ports/store.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { scopeOf } from "../security/scope.ts"
import { answerDatalog } from "./datalog/answer.ts"
import { parseDatalog } from "./datalog/parse/parse.ts"
import { pull } from "./pull.ts"
import type { Find } from "./queries.ts"
import { readTarget } from "./read-pattern.ts"
import type { View } from "./view.ts"

/** Answers datalog with what the room of it has. */
export function answerFind({ store, schema, clock }: { store: Store; schema: CompiledSchema; clock: Clock }): Find {
  return function* (view, query) {
    return yield* answerDatalog(parseDatalog(query, schema), {
      schema,
      store,
      clock,
      moment: view.moment,
      reader: readerOf(view),
      milliseconds: view.budget.leftMs,
      isGone: () => view.budget.isOver,
      pull: pullOf(view),
    })
  }
}

function readerOf(view: View) {
  const { sight } = view
  const scope = scopeOf(view.rights)
  if (scope === null || sight === null) return null
  const visible = (keys: readonly EntityKey[], attribute?: string) => need(sight.sees(keys, attribute))
  return { scope, sight: { guarded: sight.guarded, visible } }
}

// The answer may be a page of another moment, the one its first page was of: then that is looked at.
function pullOf(view: View) {
  return function* (keys: readonly EntityKey[], pattern: Json, t: number): Steps<readonly Json[]> {
    const place = { path: "/find", types: null }
    const target = readTarget(pattern, place, { attributes: view.attributes, count: 0 })
    const moment = t === view.moment.t ? view.moment : { t }
    return yield* pull({ ...view, moment }, target, keys, true)
  }
}

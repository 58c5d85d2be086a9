import type { Clock } from "../kernel/clock.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Store } from "../ports/store.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Find } from "./queries.ts"

/** Answers datalog with what the room of it has. */
export function answerFind(_parts: { store: Store; schema: CompiledSchema; clock: Clock }): Find {
  // eslint-disable-next-line require-yield
  return function* () {
    throw new Refusal("query-unsupported", "Datalog is not answered here")
  }
}

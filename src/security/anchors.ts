import type { Json } from "../kernel/json.ts"
import type { Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Condition, Operand } from "./condition.ts"
import { fixed, valuesFor } from "./evaluate.ts"
import type { Look } from "./look.ts"
import { whence } from "./walk.ts"
import type { Way } from "./way.ts"

/**
 * All entities for which a condition about `$self` can hold, found from its other end: from who asks, or from a value.
 * It may be more than those for which it holds. Null: it could be anybody.
 */
export function* candidates(condition: Condition, look: Look): Steps<ReadonlySet<EntityKey> | null> {
  switch (condition.kind) {
    case "constant":
      return condition.holds ? null : none
    case "same": {
      if (condition.a === condition.b) return null
      return look.security === null ? none : new Set([look.security])
    }
    case "reaches": {
      if (condition.from !== "$self" || condition.to !== "$security") return null
      return look.security === null ? none : yield* wholeWay(condition.way, [look.security], look)
    }
    case "compare":
      return yield* compared(condition, look)
    case "among": {
      if (!isOfSelf(condition.operand)) return null
      const { way } = condition.operand
      return yield* wholeWay(way, yield* valuesFor(condition.values, way.end, look), look)
    }
    case "all": {
      // Who asks is one; a value may be everybody's.
      const parts = condition.parts.toSorted((a, b) => rank(a) - rank(b))
      for (const part of parts) {
        const found = yield* candidates(part, look)
        if (found !== null) return found
      }
      return null
    }
    case "any": {
      const all = new Set<EntityKey>()
      for (const part of condition.parts) {
        const found = yield* candidates(part, look)
        if (found === null) return null
        for (const key of found) all.add(key)
      }
      return all
    }
    case "not":
    case "exists":
    case "ofType":
      return null
  }
}

const none: ReadonlySet<EntityKey> = new Set()

function rank({ kind }: Condition): number {
  return kind === "constant" || kind === "same" ? 0 : kind === "reaches" ? 1 : 2
}

function* compared(
  { operator, left, right }: Extract<Condition, { kind: "compare" }>,
  look: Look,
): Steps<ReadonlySet<EntityKey> | null> {
  if (operator !== "eq") return null
  const [self, other] = isOfSelf(left) ? [left, right] : [right, left]
  if (!isOfSelf(self)) return null
  const wanted = yield* fixed(other, self.way.end, false, look)
  return wanted === null ? null : yield* wholeWay(self.way, wanted, look)
}

type OfSelf = Extract<Operand, { readonly way: Way }>

function isOfSelf(operand: Operand): operand is OfSelf {
  return "way" in operand && operand.from === "$self"
}

function* wholeWay(way: Way, wanted: readonly Json[], look: Look): Steps<ReadonlySet<EntityKey>> {
  return wanted.length === 0 ? none : yield* whence(look, wanted, way.steps)
}

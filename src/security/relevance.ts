import { erasedEvent } from "../kernel/erased.ts"
import type { Committed, EntityChange } from "../ports/write.ts"
import type { Condition } from "./condition.ts"
import { waysIn } from "./condition.ts"
import type { Rules } from "./rules.ts"

/** What a transaction means for what is known of rights. */
export type Meaning = {
  /** Whether what is known may be wrong now. */
  readonly isRelevant: boolean
  /** The entities that began or ceased to exist. */
  readonly began: readonly string[]
  readonly ended: readonly string[]
}

/** Says of transactions what they mean for what is known of rights, by what the rules read. */
export function meaningOf(rules: Rules): (committed: Committed) => Meaning {
  const reads = readsOf(rules)
  return committed => {
    const began = new Set(committed.changes.filter(isBeginning).map(change => change.id))
    return {
      // What is gone is judged at its last moment, and that may be another since something was erased.
      isRelevant:
        committed.changes.some(change => isRelevant(change, began, reads)) ||
        committed.events.some(({ type }) => type === erasedEvent),
      began: [...began],
      ended: committed.changes.filter(change => change.document === null).map(change => change.id),
    }
  }
}

/** The full names of the attributes that groups flow along, or that some rule reads. */
export function attributesRead(rules: Rules): ReadonlySet<string> {
  return readsOf(rules).attributes
}

type Reads = {
  /** Attributes, by full name, that groups flow along or that some condition reads. */
  readonly attributes: ReadonlySet<string>
  /** Those of them that lead to their holder: read backwards, or on a way that has a star. */
  readonly inward: ReadonlySet<string>
  /** Along which groups flow away from the holder. */
  readonly forward: ReadonlySet<string>
  /** Types with attributes that are read out of documents, so that no change of a value tells of them. */
  readonly documents: ReadonlySet<string>
}

function readsOf({ types, edges }: Rules): Reads {
  const conditions = new Set<Condition>()
  for (const { assign } of types.values()) for (const rule of assign) conditions.add(rule.condition)
  for (const { forward, reverse } of edges) {
    for (const rule of [...forward.values(), ...reverse.values()].flat()) conditions.add(rule.condition)
  }
  const ways = [...conditions].flatMap(waysIn)
  const steps = ways.flatMap(way => way.steps)
  const starred = ways.filter(way => way.steps.some(step => step.star)).flatMap(way => way.steps)
  const name = ({ attribute }: { readonly attribute: { readonly fullName: string } }) => attribute.fullName
  return {
    attributes: new Set([...steps, ...edges].map(name)),
    inward: new Set([...steps.filter(step => step.backwards), ...starred].map(name)),
    forward: new Set(edges.filter(edge => edge.forward.size > 0).map(name)),
    documents: new Set(steps.filter(step => !step.attribute.lookup).flatMap(step => step.attribute.types)),
  }
}

function isBeginning({ document, replaces }: EntityChange): boolean {
  return document !== null && !replaces
}

// What is new and only receives groups means nothing to what is known of others: no rule about them comes by it.
function isRelevant(change: EntityChange, began: ReadonlySet<string>, reads: Reads): boolean {
  if (reads.documents.has(change.type)) return true
  if (!isBeginning(change)) return change.values.some(({ attribute }) => reads.attributes.has(attribute))
  return change.values.some(({ attribute, value }) => {
    if (reads.inward.has(attribute)) return true
    return reads.forward.has(attribute) && !began.has(String(value))
  })
}

import type { Ids } from "../kernel/ids.ts"
import type { Json } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import { entityEvent } from "./built-in.ts"
import { checkExpectations } from "./check.ts"
import { Draft, placeOf } from "./draft.ts"
import { judgeDraft } from "./judge-draft.ts"
import { lookedUp, namedIds } from "./named.ts"
import { readOps } from "./ops.ts"
import { applyPut } from "./put.ts"
import { applyCas, applyRetract, noteGone } from "./retract.ts"
import type { Routes } from "./routes.ts"
import type { Work } from "./work.ts"
import type { Deciding } from "./deciding.ts"
import type { Sight } from "./sight.ts"

/**
 * Decides a `Transact`: the ops in order on a draft of the entities they touch, then one event for each entity that is
 * another than it was. Nothing is checked twice: what the draft comes to is checked with every unit of work.
 */
export function* transact(command: Command, sight: Sight, work: Work, routes: Routes, ids: Ids): Deciding<Json> {
  const ops = readOps(command.data)
  const draft = new Draft(command, sight, routes.schema, ids)
  yield* expectOfTarget(command, sight, work)
  yield { heads: namedIds(command), holders: lookedUp(command.data, routes.schema) }
  for (const op of ops) {
    switch (op.kind) {
      case "put":
        yield* applyPut(op, draft)
        break
      case "retract":
        yield* applyRetract(op, draft)
        break
      case "cas":
        yield* applyCas(op, draft)
        break
    }
  }
  // Before anything else is said of what came of the ops: a fault, too, tells of values.
  if (sight.judge !== null) yield* judgeDraft(draft, sight, sight.judge)
  noteGone(draft, id => sight.isHidden(id))
  draft.refuseFaults()
  const expects = command.target === null && (command.expectedVersion !== undefined || command.basisT !== undefined)
  for (const drafted of draft.touched()) {
    const { head, type, document } = drafted
    // What only loses a reference to what goes is no concern of those who may not see it, nor is its version.
    const isHidden = sight.isHidden(head.id)
    if (expects && !isHidden) checkExpectations(command, head)
    const event = entityEvent(head.document, document)
    const known = { document, placeOf: (path: string) => placeOf(drafted, path) }
    if (event !== null) work.record(head, type, { ...event, rejection: false }, known)
    // That it stays as it is rests on how it is.
    else if (!isHidden) work.rest(head)
  }
  return { ids: draft.tempIds() }
}

// It needs no target. Where it names one, what it expects is meant of that; else, of everything that it touches.
function* expectOfTarget(command: Command, sight: Sight, work: Work): Deciding<void> {
  const { target } = command
  if (target === null) return
  yield { heads: [target.id] }
  const head = sight.head(target.id)
  checkExpectations(command, head)
  if (!sight.isHidden(target.id)) work.rest(head)
}

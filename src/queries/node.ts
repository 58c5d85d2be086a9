import type { Json } from "../kernel/json.ts"
import type { Document } from "../kernel/entity.ts"
import type { KeyedEntity } from "../ports/facts.ts"
import { at } from "../schema/faults.ts"
import type { Field, Target } from "./pattern.ts"

/** An entity at one place of an answer, about to be filled in. */
export type Node = {
  readonly entity: KeyedEntity
  /** What may be told of it: with `since`, what is new. */
  readonly document: Document
  readonly target: Target
  readonly out: Record<string, Json>
  readonly parent: Node | null
  /** Under which key and place of its parent it stands; of a root, of the answer. */
  readonly place: readonly (string | number)[]
  /** How often each recursion may still be gone on with. */
  readonly levels: ReadonlyMap<Field, number> | null
}

/** Where a node stands in the answer, as a JSON Pointer. */
export function pathOf(node: Node | null): string {
  if (node === null) return "/result"
  return node.place.reduce((path: string, step) => at(path, step), pathOf(node.parent))
}

/** Whether an entity is told of already on the way to a node, in the same manner. */
export function isOnPath(node: Node, id: string, target: Target): boolean {
  for (let on: Node | null = node; on !== null; on = on.parent) {
    if (on.entity.id === id && on.target === target) return true
  }
  return false
}

/** Whether a recursion has come by an entity already on the way to a node. Where it began it has not come by yet. */
export function wasComeBy(node: Node, id: string, target: Target): boolean {
  for (let on: Node | null = node; on !== null && on.levels !== null; on = on.parent) {
    if (on.entity.id === id && on.target === target) return true
  }
  return false
}

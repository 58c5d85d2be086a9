import type { Document } from "../kernel/entity.ts"
import type { LiveHead } from "./heads.ts"

/** An entity that a unit of work touches: as it was before, and as it is with all that the unit has said. */
export type Touched = {
  readonly before: LiveHead
  readonly type: string
  version: number
  document: Document | null
  /** The place of the last event about it. */
  last: number
  /** Where in the command's data a fault of the document comes from; undefined: it is said of the document itself. */
  readonly placeOf: PlaceOf | undefined
}

/** Turns the path of a fault in a document into the path of what led to it in the command. */
export type PlaceOf = (path: string) => string

/** What a caller has evolved itself: what becomes of the entity, and where that was asked for. */
export type Known = { readonly document: Document | null; readonly placeOf: PlaceOf }

import type { Document } from "../kernel/entity.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"

/** A transaction of which something was erased: the hash it was recorded with, and the hash of what is left of it. */
export type ErasedPlace = { readonly t: T; readonly hash: string; readonly left: string }

/** Everything that one erasure takes out of what was recorded, and what stands there instead. */
export type Erasure = {
  /** The entity, and of which of its attributes (`Entity/attr`) the values that have ended go; null: of all. */
  readonly id: string
  readonly attributes: readonly string[] | null
  readonly events: readonly { readonly t: T; readonly n: number; readonly data: JsonObject }[]
  /** Versions of the entity, by the t that they hold from. */
  readonly versions: readonly { readonly t: T; readonly document: Document }[]
  readonly commands: readonly {
    readonly id: string
    readonly data: JsonObject
    readonly result: Json
    readonly error: JsonObject | null
  }[]
  /** Texts as they stand in JSON: refusals in which one of them stands are emptied. */
  readonly mentions: readonly string[]
  /** The transactions in which anything of this stands. */
  readonly transactions: readonly T[]
}

/** What is written in the place of a sentence that was erased. */
export const erasedSentence = "Erased"

/** The places that an `Erased` event lists. */
export function placesOf(data: JsonObject): readonly ErasedPlace[] {
  const { transactions } = data
  if (!Array.isArray(transactions)) return []
  return transactions.flatMap((one: Json) => {
    if (!isObject(one)) return []
    const { t, hash, left } = one
    return typeof t === "number" && typeof hash === "string" && typeof left === "string" ? [{ t, hash, left }] : []
  })
}

/** A transaction that is not what its hash says, with the hashes that what it says now may have. */
type Other = { readonly t: T; readonly hash: string; readonly lefts: readonly string[] }

/**
 * The transactions that are not what their hashes say, until the log has been walked to its end: those that a later
 * transaction lists as emptied, and that are as the last such list left them, are as they should be.
 */
export class Emptied {
  readonly #others: Other[] = []
  readonly #places = new Map<T, ErasedPlace>()

  /** Notes a transaction that is not what its hash says. */
  differs(other: Other): void {
    this.#others.push(other)
  }

  /** Heeds what an `Erased` event lists, whose own transaction is what its hash says. */
  listed(data: JsonObject): void {
    for (const place of placesOf(data)) this.#places.set(place.t, place)
  }

  /** Those that are not, and what is to be said of them. */
  findings(): readonly { readonly check: "chain"; readonly t: T; readonly sentence: string }[] {
    const left = this.#others.filter(other => !this.#isEmptied(other))
    return left.map(({ t }) => ({ check: "chain", t, sentence: changed(t) }))
  }

  #isEmptied({ t, hash, lefts }: Other): boolean {
    const place = this.#places.get(t)
    return place?.hash === hash && lefts.includes(place.left)
  }
}

function changed(t: T): string {
  return `Transaction ${t} is not what its hash says: it, its events, its command, its schema or the hash were changed`
}

import type { Json } from "../../kernel/json.ts"
import type { Variable } from "../../ports/datalog.ts"
import type { BaseType } from "../../schema/grammar.ts"

/**
 * What a value is, as far as that is known before it is there. Of different classes, none equals another: only a whole
 * number is a number, and a decimal is a text that is not put in order as one.
 */
export type Class = "entity" | "integer" | "number" | "text" | "decimal" | "boolean" | "json"

/** A piece of SQL that stands for a value. */
export type Expression = {
  readonly sql: string
  readonly class: Class
  /** The types that the entity may be of, where that is known. */
  readonly types?: readonly string[]
  /** Of an entity: that the store has its id there as JSON text, and not its key. */
  readonly asId?: boolean
}

/** That a query cannot be said in one statement, or not with the same meaning. Whoever asks gets to know no more. */
export class Unsaid extends Error {}

/** A condition that nothing meets. */
export const never = "1 = 0"

/** The class of the values of an attribute. `lookup`: a file is its id there. */
export function classOf({ type, lookup }: { readonly type: BaseType; readonly lookup: boolean }): Class {
  switch (type) {
    case "ref":
      return "entity"
    case "integer":
    case "number":
    case "boolean":
    case "decimal":
    case "json":
      return type
    case "file":
      return lookup ? "text" : "json"
    default:
      return "text"
  }
}

/** The class of a value that is at hand. */
export function classOfValue(value: Json): Class {
  if (typeof value === "string") return "text"
  if (typeof value === "boolean") return "boolean"
  if (typeof value !== "number") throw new Unsaid("a value that is no scalar")
  return Number.isSafeInteger(value) ? "integer" : "number"
}

/** Whether values of two classes may be equal at all. */
export function mayEqual(a: Class, b: Class): boolean {
  if (a === "json" || b === "json") throw new Unsaid("any JSON is compared")
  if ((a === "entity") !== (b === "entity")) throw new Unsaid("an entity is compared with a value")
  return family(a) === family(b)
}

/** The class of what is of one or the other: one that says how to read it. */
export function common(a: Class, b: Class): Class {
  if (a === b) return a
  if (family(a) !== family(b)) throw new Unsaid("values of different types in one place")
  return family(a) === "number" ? "number" : "decimal"
}

function family(c: Class): Class {
  if (c === "integer") return "number"
  return c === "decimal" ? "text" : c
}

/** A way to satisfy clauses: what it is taken from, in order, under which conditions, and what stands for each variable. */
export type Body = {
  readonly from: readonly string[]
  readonly where: readonly string[]
  readonly env: ReadonlyMap<Variable, Expression>
  /** What each row follows from: where all of it is in an answer, no row comes twice. Null: that is not known. */
  readonly follows: readonly Following[] | null
}

/** That one row of a fact stands for an entity and a value; of one entity there may be `many`. */
export type Following = {
  readonly entity: Variable | "fixed"
  readonly value: Variable | "fixed"
  readonly many: boolean
}

/** Nothing asked yet. */
export const emptyBody: Body = { from: [], where: [], env: new Map(), follows: [] }

/** The same with more. */
export function extended(body: Body, more: { from?: readonly string[]; where?: readonly string[] }): Body {
  return { ...body, from: [...body.from, ...(more.from ?? [])], where: [...body.where, ...(more.where ?? [])] }
}

/** A `SELECT` of some columns. */
export function selectOf(body: Body, columns: readonly string[], distinct = false): string {
  const from = body.from.length === 0 ? "" : ` FROM ${body.from.join(" CROSS JOIN ")}`
  const where = body.where.length === 0 ? "" : ` WHERE ${body.where.join(" AND ")}`
  return `SELECT ${distinct ? "DISTINCT " : ""}${columns.join(", ") || "1"}${from}${where}`
}

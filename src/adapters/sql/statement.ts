import type { Json } from "../../kernel/json.ts"
import type { Rule } from "../../ports/datalog.ts"
import type { FactAttribute } from "../../ports/facts.ts"
import type { Class, Expression } from "./terms.ts"

/** Where the value of a parameter comes from when a statement is run. */
export type Parameter =
  | { readonly kind: "t" | "since" | "limit" }
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "types"; readonly names: readonly string[] }
  | { readonly kind: "value"; readonly value: Json; readonly class: Class }
  | { readonly kind: "cell"; readonly input: number; readonly column: number; readonly class: Class }
  | { readonly kind: "rows"; readonly input: number; readonly classes: readonly Class[] }
  | { readonly kind: "path" | "name"; readonly name: string }
  | { readonly kind: "members"; readonly attribute: string | null }

/** A statement that answers a query, and how to read its rows. */
export type CompiledQuery = {
  readonly sql: string
  readonly parameters: readonly Parameter[]
  readonly columns: readonly Expression[]
}

/** What is asked of a fact: what is bound is there, and else is null. */
export type FactPlace = {
  readonly attribute: FactAttribute
  readonly entity: Expression | null
  readonly value: Expression | null
  /** Whether anybody wants to know the value. */
  readonly valued: boolean
}

/** How a fact is found: from where, under which conditions, and what stands for its two sides. */
export type FactSource = {
  readonly from: readonly string[]
  readonly where: readonly string[]
  readonly entity: Expression
  /** Null: nobody wanted to know. */
  readonly value: Expression | null
}

/** What two stores say differently. */
export type Dialect = {
  readonly placeholder: (n: number) => string
  /** Whether a recursive part may have several arms. */
  readonly arms: boolean
  readonly fact: (place: FactPlace, statement: Statement) => FactSource
  /** Rows that come with the question, as a source with an expression for each column. */
  readonly rows: (
    list: string,
    alias: string,
    classes: readonly Class[],
  ) => { readonly from: string; readonly columns: readonly string[]; readonly where?: readonly string[] }
  /** Compares; null: it cannot be said. */
  readonly order: (operator: string, a: Expression, b: Expression) => string | null
  readonly equal: (a: Expression, b: Expression) => string
  readonly contains: (text: Expression, part: Expression, where: "startsWith" | "includes") => string | null
  readonly compute: (operator: "+" | "-" | "*", a: Expression, b: Expression) => Expression | null
  readonly aggregate: (
    name: "count" | "countDistinct" | "sum" | "avg" | "min" | "max",
    e: Expression,
  ) => Expression | null
  /** An entity by its key, where it is known by its id so far. */
  readonly keyed: (e: Expression) => Expression
  /** A parameter with the type that its class has. */
  readonly typed: (placeholder: string, of: Class) => string
  readonly limit: (placeholder: string) => string
}

/** A statement that is being put together. */
export class Statement {
  readonly dialect: Dialect
  /** Whether there is a scope, and which attributes have rules of their own in it. */
  readonly guarded: ReadonlySet<string> | null
  readonly since: boolean
  readonly parameters: Parameter[] = []
  readonly tables: string[] = []
  #aliases = 0
  readonly #shared = new Map<string, string>()

  constructor(dialect: Dialect, guarded: ReadonlySet<string> | null, since: boolean) {
    this.dialect = dialect
    this.guarded = guarded
    this.since = since
  }

  /** A name that nothing else here has. */
  alias(letter: string): string {
    return `${letter}${(this.#aliases += 1)}`
  }

  /** A placeholder; those that say the same are one. */
  parameter(parameter: Parameter): string {
    const text = JSON.stringify(parameter)
    const known = this.#shared.get(text)
    if (known !== undefined) return known
    const placeholder = this.dialect.placeholder(this.parameters.push(parameter))
    this.#shared.set(text, placeholder)
    return placeholder
  }

  /** A named part before the statement, of its name and columns, and what it is. */
  table(head: string, select: string): void {
    this.tables.push(`${head} AS ${select}`)
  }
}

/** Where clauses stand. */
export type Place = {
  readonly statement: Statement
  readonly rules: readonly Rule[]
  /** Whether what is asked stands within something else, where rules that call themselves cannot be said. */
  readonly inner: boolean
}

import { hash } from "node:crypto"
import pg from "pg"
import { faultOf, LostConnection, stateOf } from "./errors.ts"
import type { Value } from "./wire.ts"

/** What a cell of a row may be. */
export type Cell = null | number | string | boolean

/** Runs one statement, and answers its rows as arrays. `@.` before a name stands for the schema. */
export type Ask = <Row extends readonly Cell[]>(text: string, values?: readonly Value[]) => Promise<Row[]>

/** One connection, lent out. */
export type Session = {
  readonly ask: Ask
  /** Runs statements that have no parameters and no answer. */
  readonly run: (text: string) => Promise<void>
}

const bigintType = 20

/** `bigint` as numbers: nothing here counts beyond 2^53. All else as the driver has it. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: "text") =>
    id === bigintType ? Number : (pg.types.getTypeParser(id, format) as unknown)) as typeof pg.types.getTypeParser,
}

/** Settings of all connections of a store. */
export type Dialect = {
  /** The schema, quoted. */
  readonly schema: string
  /** Whether statements keep their plans under a name. Not behind a pooler that gives each to another connection. */
  named: boolean
}

type Prepared = { readonly text: string; readonly name: string }

/** The statements of one connection. */
export function sessionOn(client: pg.ClientBase, dialect: Dialect): Session {
  const ask = async <Row extends readonly Cell[]>(text: string, values: readonly Value[] = []) => {
    const prepared = preparedOf(text, dialect)
    // The driver does not say that it leaves the values as they are.
    const config = { text: prepared.text, values: values as unknown[], rowMode: "array", types } as const
    try {
      const { rows } = await client.query(dialect.named ? { ...config, name: prepared.name } : config)
      // The one place where it is taken on trust that a statement's rows are of the shape that its text says.
      return rows as unknown as Row[]
    } catch (error) {
      if (faultOf(error) === "unnamed") dialect.named = false
      throw told(error)
    }
  }

  async function run(text: string): Promise<void> {
    try {
      await client.query(preparedOf(text, dialect).text)
    } catch (error) {
      throw told(error)
    }
  }

  return { ask, run }
}

/** An error of the driver; without a word from the server all we know is that the connection is of no use. */
export function told(error: unknown): unknown {
  return stateOf(error) === null ? new LostConnection(error) : error
}

const knownOf = new WeakMap<Dialect, Map<string, Prepared>>()

// Texts are few: they are constants of this program, put together from few parts.
function preparedOf(text: string, dialect: Dialect): Prepared {
  const known = knownOf.get(dialect) ?? new Map<string, Prepared>()
  knownOf.set(dialect, known)
  const found = known.get(text)
  if (found !== undefined) return found
  const full = text.replaceAll("@.", `${dialect.schema}.`)
  const prepared = { text: full, name: `daybook_${hash("sha1", full).slice(0, 20)}` }
  known.set(text, prepared)
  return prepared
}

/** A name as it stands in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

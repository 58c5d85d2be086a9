import type { DatabaseSync } from "node:sqlite"
import type { CommandFilter } from "../../ports/commands.ts"
import type { CommandRow } from "../sql/command-rows.ts"
import { codeOfState } from "../sql/states.ts"
import { prepare, type Cell, type Statement } from "./driver.ts"
import type { Names } from "./names.ts"
import { named, stretchLength } from "./stretches.ts"

/** What is asked for: whether an index leads to it, and the places in the log that stretches lead to. */
export type Condition = {
  readonly terms: readonly Term[]
  readonly isIndexed: boolean
}

type Term = { readonly text: string; readonly value?: Cell; readonly kind?: (typeof named)[keyof typeof named] }

/** A page of a list: what is asked for, below which place, and how much of it. */
export type Asked = Condition & { readonly below: number; readonly limit: number }

/** What follows FROM in the statement that lists what is asked for, and which values it takes but the limit. */
export type Listing = (table: string, asked: Asked) => { readonly from: string; readonly values: readonly Cell[] }

/** What is asked of `commands`, and of the archive in the same words. */
export function tableReader(db: DatabaseSync, table: string, columns: string, listing: Listing) {
  const lists = new Map<string, Statement<CommandRow>>()

  /** One statement for each set of things that may be asked for. */
  function prepared(from: string): Statement<CommandRow> {
    const there = lists.get(from)
    if (there !== undefined) return there
    const statement = prepare<CommandRow>(db, `SELECT ${columns}, n FROM ${from} LIMIT ?`)
    lists.set(from, statement)
    return statement
  }

  return {
    byId: prepare<CommandRow>(db, `SELECT ${columns} FROM ${table} WHERE id = ?`),
    placeOf: prepare<[number]>(db, `SELECT n FROM ${table} WHERE id = ?`),
    list(asked: Asked): readonly CommandRow[] {
      const { from, values } = listing(table, asked)
      return prepared(from).all(...values, asked.limit)
    },
  }
}

/** Led by an index, or from the newest on. */
export function plainly(table: string, asked: Asked): ReturnType<Listing> {
  const terms = withBound(asked, "n < ?", asked.below)
  return { from: `${table} WHERE ${allOf(terms)} ORDER BY n DESC`, values: valuesOf(terms) }
}

/** Led by the stretches in which such commands began, where no index leads to fewer. */
export function byStretches(table: string, asked: Asked): ReturnType<Listing> {
  const [lead, other] = asked.isIndexed ? [] : asked.terms.filter(({ kind }) => kind !== undefined)
  if (lead === undefined) return plainly(table, asked)
  const bound = asked.below / stretchLength
  const stretches = [
    ...withBound({ ...asked, terms: [leading(lead, "s.")] }, "s.stretch <= ?", bound),
    ...(other === undefined ? [] : [also(other)]),
  ]
  const terms = withBound(asked, "n < ?", asked.below)
  const from = `command_stretches s CROSS JOIN ${table}
      ON n >= s.stretch * ${stretchLength} AND n < (s.stretch + 1) * ${stretchLength}
   WHERE ${allOf(stretches)} AND ${allOf(terms)} ORDER BY s.stretch DESC, n DESC`
  return { from, values: valuesOf([...stretches, ...terms]) }
}

function leading({ kind, value }: Term, alias = ""): Term {
  return { text: `${alias}kind = ${kind} AND ${alias}name = ?`, value: value! }
}

function also(term: Term): Term {
  const { text, value } = leading(term)
  return { text: `EXISTS (SELECT 1 FROM command_stretches WHERE ${text} AND stretch = s.stretch)`, value: value! }
}

function withBound({ terms, below }: Asked, text: string, value: number): readonly Term[] {
  return below === Infinity ? terms : [...terms, { text, value }]
}

const allOf = (terms: readonly Term[]) => (terms.length === 0 ? "true" : terms.map(({ text }) => text).join(" AND "))

const valuesOf = (terms: readonly Term[]) => terms.flatMap(({ value }) => (value === undefined ? [] : [value]))

/** What a filter asks for. */
export function conditionOf({ owner, parent, state, type }: CommandFilter, names: Names): Condition {
  const terms: Term[] = []
  const code = state === undefined ? null : codeOfState(state)
  // A name without a key is one that no row can have.
  if (owner !== undefined) terms.push({ text: "owner = ?", value: names.known(owner), kind: named.owner })
  if (parent !== undefined) terms.push({ text: "parent = ?", value: parent })
  // Said as the index says it, so that what is not simply done is found without a walk over what is.
  if (code === 5) terms.push({ text: "state = 5" })
  else if (code !== null) terms.push({ text: "state <> 5 AND state = ?", value: code })
  if (type !== undefined) terms.push({ text: "type = ?", value: names.known(type), kind: named.type })
  return { terms, isIndexed: parent !== undefined || (code !== null && code !== 5) }
}

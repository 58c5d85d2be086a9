import type { Json } from "../../../kernel/json.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { Clause, Term, VariableKind } from "../../../ports/datalog.ts"
import { variablesIn, variablesOf } from "../order.ts"
import { keyAt, keyOf, type Key, type Row } from "./relation.ts"
import type { Asked, Site } from "./tabling.ts"

type Call = Clause & { readonly kind: "rule" }

// What was asked in the first place, parameter by parameter, stands in variables that no rule has.
const originOf = (parameter: number): number => 1_000_000_000 + parameter

/** One branch of a rule, cut at its calls: between them it walks, at each it waits for what the called rule answers. */
export class Branch {
  /** The call it ends with, where that only hands on what is free. */
  readonly tail: Call | null
  readonly #table: Asked
  readonly #kinds: readonly VariableKind[]
  readonly #clauses: readonly Clause[]
  #first: Segment | null = null

  constructor(branch: { kinds: readonly VariableKind[]; clauses: readonly Clause[] }, table: Asked) {
    this.#table = table
    this.#kinds = branch.kinds
    this.#clauses = branch.clauses
    this.tail = tailOf(branch.clauses, table)
  }

  open(): void {
    const { bound, width } = this.#table.parts
    const { originated } = this.#table
    const clauses = this.tail === null ? this.#clauses : this.#clauses.slice(0, -1)
    const head: Term[] = Array.from({ length: width }, (_, i) => ({
      variable: originated && bound.includes(i) ? originOf(i) : i,
    }))
    const next = [...bound.flatMap(i => this.tail?.terms[i] ?? []), ...bound.map(i => ({ variable: originOf(i) }))]
    const end = this.tail === null ? head : next
    const finish = (values: Row) => (this.tail === null ? this.#table.answer(values) : this.#table.begin(values))
    const variables = originated ? [...bound, ...bound.map(originOf)] : bound
    this.#first = new Segment({ table: this.#table, kind: this.#kinds, clauses, variables, end, finish })
  }

  /** Begins with the values of what is bound. */
  enter(state: Row): void {
    this.#first?.add(state)
  }
}

// Whether the last clause calls the same rule in the same way, and gives what is free as it comes.
function tailOf(clauses: readonly Clause[], { parts: { rule, bound } }: Asked): Call | null {
  const last = clauses.at(-1)
  if (last?.kind !== "rule" || last.rule !== rule || bound.length === 0) return null
  const before = new Set([...bound, ...clauses.slice(0, -1).flatMap(variablesOf)])
  const fits = last.terms.every((term, i) => {
    if (bound.includes(i)) return isBound(term, before)
    return typeof term === "object" && "variable" in term && term.variable === i && !before.has(i)
  })
  return fits ? last : null
}

function isBound(term: Term, bound: ReadonlySet<number>): boolean {
  return typeof term === "object" && ("value" in term || bound.has(term.variable))
}

type SegmentParts = {
  readonly table: Asked
  readonly kind: readonly VariableKind[]
  readonly clauses: readonly Clause[]
  /** Of the rows that come in. */
  readonly variables: readonly number[]
  /** What is made of a row at the end of the branch. */
  readonly end: readonly Term[]
  readonly finish: (values: Row) => void
}

/** The clauses up to the next call, and what follows. */
class Segment implements Site {
  readonly #parts: SegmentParts
  readonly #walked: readonly Clause[]
  /** Of the rows that come out. */
  readonly #variables: readonly number[]
  readonly #calling: Calling | null
  #waiting: Row[] = []

  constructor(parts: SegmentParts) {
    this.#parts = parts
    const { clauses, variables, end } = parts
    const at = clauses.findIndex(clause => clause.kind === "rule")
    this.#walked = at < 0 ? clauses : clauses.slice(0, at)
    const later = at < 0 ? [] : clauses.slice(at)
    const needed = new Set([...later.flatMap(variablesOf), ...variablesIn(end)])
    const there = new Set([...variables, ...this.#walked.flatMap(variablesOf)])
    this.#variables = [...there].filter(variable => needed.has(variable))
    this.#calling = at < 0 ? null : new Calling(clauses[at] as Call, this.#variables, clauses.slice(at + 1), parts)
  }

  add(row: Row): void {
    if (this.#waiting.length === 0) this.#parts.table.parts.wake(this)
    this.#waiting.push(row)
  }

  *run(): Steps<void> {
    const { table, variables, kind, end, finish } = this.#parts
    const rows = this.#waiting
    this.#waiting = []
    const out = yield* table.parts.walk(this.#walked, { variables, rows }, this.#variables, kind)
    if (this.#calling !== null) {
      for (const row of out.rows) this.#calling.add(row)
      return
    }
    for (const row of out.rows) finish(end.map(term => valueOf(term, row, this.#variables)))
  }
}

/** A call in a branch: the rows that wait for answers, and the segment behind it. */
class Calling {
  readonly #callee: Asked
  readonly #asked: readonly Term[]
  readonly #variables: readonly number[]
  readonly #rows = new Map<Key, Row[]>()
  readonly #seen = new Set<Key>()
  readonly #next: Segment
  readonly #combine: (row: Row, answer: Row) => Row | null
  readonly #spend: (rows: number) => void

  constructor(call: Call, variables: readonly number[], rest: readonly Clause[], parts: SegmentParts) {
    this.#variables = variables
    this.#spend = parts.table.parts.spend
    const there = new Set(variables)
    const bound = call.terms.flatMap((term, i) => (isBound(term, there) ? [i] : []))
    this.#asked = bound.map(i => call.terms[i]!)
    this.#callee = parts.table.parts.tableFor(call.rule, bound)
    const needed = new Set([...rest.flatMap(variablesOf), ...variablesIn(parts.end)])
    const out = [...new Set([...variables, ...variablesIn(call.terms)])].filter(variable => needed.has(variable))
    this.#combine = combining(call.terms, variables, out)
    this.#next = new Segment({ ...parts, clauses: rest, variables: out })
    this.#callee.tell((question, answer) => {
      for (const row of this.#rows.get(question) ?? []) this.#goOn(row, answer)
    })
  }

  add(row: Row): void {
    const key = keyAt(
      row,
      row.map((_, i) => i),
    )
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#spend(1)
    const input = this.#asked.map(term => valueOf(term, row, this.#variables))
    const question = this.#callee.questionOf(input)
    const there = this.#rows.get(question)
    if (there === undefined) this.#rows.set(question, [row])
    else there.push(row)
    for (const answer of this.#callee.answersTo(input)) this.#goOn(row, answer)
    this.#callee.ask(input)
  }

  #goOn(row: Row, answer: Row): void {
    const combined = this.#combine(row, answer)
    if (combined !== null) this.#next.add(combined)
  }
}

// What is free in a call comes out of the answer; twice the same variable is twice the same value.
function combining(
  terms: readonly Term[],
  variables: readonly number[],
  out: readonly number[],
): (row: Row, answer: Row) => Row | null {
  const placeIn = (variable: number) =>
    terms.findIndex(term => typeof term === "object" && "variable" in term && term.variable === variable)
  const twins = terms.flatMap((term, i) => {
    if (typeof term !== "object" || !("variable" in term) || variables.includes(term.variable)) return []
    const before = placeIn(term.variable)
    return before < i ? [[before, i] as const] : []
  })
  const sources = out.map(variable => {
    const column = variables.indexOf(variable)
    return column >= 0 ? { row: column } : { answer: placeIn(variable) }
  })
  return (row, answer) => {
    if (twins.some(([a, b]) => keyOf(answer[a]!) !== keyOf(answer[b]!))) return null
    return sources.map((source): Json => ("row" in source ? row[source.row]! : answer[source.answer]!))
  }
}

function valueOf(term: Term, row: Row, variables: readonly number[]): Json {
  if (typeof term !== "object") return null
  return "value" in term ? term.value : row[variables.indexOf(term.variable)]!
}

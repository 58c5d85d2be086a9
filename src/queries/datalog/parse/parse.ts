import { canonicalJson, isObject, type Json, type JsonObject } from "../../../kernel/json.ts"
import { limits } from "../../../kernel/limits.ts"
import type { FactAttribute } from "../../../ports/facts.ts"
import type { CompiledSchema } from "../../../schema/compile.ts"
import { fingerprint } from "../../../schema/hash.ts"
import { attributesOf } from "../attributes.ts"
import type { FindElement, ParsedDatalog } from "../query.ts"
import { inside, malformed, type Place } from "../refuse.ts"
import { Bindings, type UnorderedRule } from "./bindings.ts"
import { cellsOf, readClauses } from "./clause.ts"
import { distributed } from "./distribute.ts"
import type { Cell, Draft, DraftRule } from "./draft.ts"
import { columnsOf, readFind, type ReadElement } from "./find.ts"
import { readInputs } from "./inputs.ts"
import { Lowering } from "./lower.ts"
import { readKeys, readLimit, readOrder, readWith } from "./results.ts"
import { readRules } from "./rules.ts"
import { Cells, Scope } from "./scope.ts"
import { checkStrata } from "./strata.ts"

const own = ["find", "in", "args", "where", "rules", "with", "order", "limit", "after", "keys"]
// What every query may say beside what it asks: whoever answers all kinds of queries reads these.
const shared = ["asOf", "since", "minBasisT", "timeoutMs"]

// What was read lately, by its text: most queries are asked again and again.
const lately = new WeakMap<CompiledSchema, Map<string, ParsedDatalog>>()

/** Reads a datalog query. Refuses what is none, what makes no sense, and what is outside of what is answered. */
export function parseDatalog(json: Json, schema: CompiledSchema): ParsedDatalog {
  const text = JSON.stringify(json)
  const known = lately.get(schema) ?? new Map<string, ParsedDatalog>()
  const before = known.get(text)
  if (before !== undefined) return before
  const query = read(json, schema)
  if (text.length > limits.datalogKeptCharsMax) return query
  if (known.size >= limits.datalogKeptMax) known.clear()
  known.set(text, query)
  lately.set(schema, known)
  return query
}

function read(json: Json, schema: CompiledSchema): ParsedDatalog {
  const body = readBody(json)
  const attributes = attributesOf(schema)
  const { heads, rules } = readRules(body["rules"], attributes)
  const cells = new Cells()
  const scope = new Scope(cells)
  const inputs = readInputs(body["in"], body["args"], scope)
  const wherePlace: Place = { path: "/where", clause: undefined }
  const drafts = readClauses(body["where"] === undefined ? [] : body["where"], wherePlace, {
    scope,
    attributes,
    rules: heads,
    constants: inputs.constants,
    depth: 0,
  })
  scope.close()
  const { shape, elements } = readFind(body["find"], scope, inputs.constants)
  const kept = readWith(body["with"], scope, elements)
  checkSorts(cells.all, drafts)
  for (const { branches } of rules) for (const branch of branches) checkSorts(branch.cells, branch.clauses)

  const lowering = new Lowering(attributes)
  for (const { cells: bound, rows, place } of inputs.given) lowering.bind(bound, rows, place)
  const clauses = lowering.query(drafts)
  const names = cells.all.map(cell => cell.name)
  const unordered = rules.map(rule => lowerRule(rule, lowering))
  checkStrata(unordered)
  const isUnique = (attribute: FactAttribute) => attributes.named(attribute.fullName)?.unique != null
  const bindings = new Bindings(unordered, lowering.declared, isUnique)
  const ordered = bindings.order(clauses, new Set(lowering.given.flatMap(given => given.variables)), {
    names,
    places: lowering.places,
  })
  checkFound(elements, ordered.bound)
  return {
    names,
    kinds: cells.all.map(cell => cell.sort.kind),
    find: elements.map(foundBy),
    shape,
    keys: readKeys(body["keys"], shape, elements.length),
    with: kept.map(cell => cell.number),
    given: lowering.given,
    where: ordered.clauses,
    rules: bindings.rules(unordered),
    namings: lowering.namings,
    order: readOrder(body["order"], elements, body["keys"]),
    ...readLimit(body),
    direct: lowering.direct,
    columns: columnsOf(elements, kept.length > 0),
    orders: bindings.orders,
    dependences: lowering.dependences,
    fingerprint: fingerprint(canonicalJson({ ...body, after: undefined, limit: undefined, timeoutMs: undefined })),
  }
}

function foundBy({ cell, written, place, aggregate, pull }: ReadElement): FindElement {
  return {
    variable: cell.number,
    written,
    path: place.path,
    decimal: cell.sort.isDecimal,
    ...(aggregate === undefined ? {} : { aggregate }),
    ...(pull === undefined ? {} : { pull }),
  }
}

function readBody(json: Json): JsonObject {
  const place: Place = { path: "", clause: undefined }
  if (!isObject(json)) throw malformed(place, "A query is an object")
  for (const key of Object.keys(json)) {
    if (!own.includes(key) && !shared.includes(key)) {
      throw malformed(inside(place, key), `A datalog query has no ${key}; it may have ${own.join(", ")}`)
    }
  }
  const size = canonicalJson({ ...json, args: undefined }).length
  if (size > limits.datalogCharsMax) {
    throw malformed(place, `A query has at most ${limits.datalogCharsMax} characters, not counting its args`)
  }
  return json
}

// A variable that stands for the name of an attribute stands for no entity: most likely a rule was meant that is not there.
function checkSorts(cells: readonly Cell[], drafts: readonly Draft[]): void {
  for (const cell of cells) {
    const { entity, attribute } = cell.sort.seen
    if (!entity || !attribute) continue
    const draft = drafts.find(d => cellsOf(d).includes(cell) && d.kind === "anyFact")
    const place = draft?.place ?? { path: "/where", clause: undefined }
    throw malformed(place, `${cell.name} cannot be both an attribute's name and an entity; or is a rule missing here?`)
  }
}

function lowerRule({ name, parameters, required, branches }: DraftRule, lowering: Lowering): UnorderedRule {
  return {
    name,
    required,
    parameters: parameters.map(sort => sort.kind),
    branches: branches.flatMap(({ place, cells, clauses }) => {
      const lowered = distributed(lowering.branch(clauses))
      const spelling = { names: cells.map(cell => cell.name), places: lowering.places }
      return lowered.map(choice => ({ place, spelling, clauses: choice, kinds: cells.map(cell => cell.sort.kind) }))
    }),
  }
}

function checkFound(elements: readonly ReadElement[], bound: ReadonlySet<number>): void {
  const lost = elements.find(({ cell }) => !bound.has(cell.number))
  if (lost !== undefined) throw malformed(lost.place, `Nothing binds ${lost.cell.name}, which is to be found`)
}

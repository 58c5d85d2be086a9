import type { Json } from "../../../kernel/json.ts"
import type { Comparison, Computation } from "../../../ports/datalog.ts"
import type { DatalogAttribute } from "../attributes.ts"
import { inside, malformed, unsupported, type Place } from "../refuse.ts"
import { matcherOf } from "../regex/match.ts"
import { rowsOf, readBinding, type Binding } from "./binding.ts"
import type { Cell, Draft, DraftTerm } from "./draft.ts"
import type { Reading } from "./reading.ts"
import { asEntity, constantOf, isVariable, notBackwards, readAttribute, readTerm } from "./terms.ts"

const comparisons = ["=", "!=", "<", "<=", ">", ">="] as const
const textTests = ["startsWith", "endsWith", "includes", "matches"] as const
const computations = ["+", "-", "*", "/", "mod", "str", "identity"] as const
const functions: readonly string[] = [...computations, "getElse", "getSome", "ground"]
const predicates: readonly string[] = [...comparisons, ...textTests, "missing"]

/** Reads `[[operator, term, …]]` or `[[function, term, …], binding]`. */
export function readExpression(clause: readonly Json[], place: Place, reading: Reading): Draft {
  const call = clause[0] as readonly Json[]
  const [operator, ...terms] = call
  const at = inside(place, 0)
  if (typeof operator !== "string") throw malformed(at, "The name of a predicate or function comes first")
  if (predicates.includes(operator)) {
    if (clause.length > 1) throw malformed(place, `${operator} is a predicate: it binds nothing`)
    return readPredicate(operator, terms, at, reading)
  }
  if (!functions.includes(operator)) {
    const what = clause.length > 1 ? "function" : "predicate"
    const known = clause.length > 1 ? functions : predicates
    throw unsupported(place, `There is no ${what} ${operator}; known are ${known.join(" ")}`)
  }
  if (clause.length !== 2) throw malformed(place, `${operator} is a function: what it gives is bound to a variable`)
  const binding = readBinding(clause[1]!, reading.scope, inside(place, 1))
  if (operator === "ground") return readGround(terms, binding, at, reading)
  if (operator === "getElse") return readGetElse(terms, binding, at, reading)
  if (operator === "getSome") return readGetSome(terms, binding, at, reading)
  return readComputation(operator as Computation, terms, binding, at, reading)
}

function readPredicate(operator: string, json: readonly Json[], place: Place, reading: Reading): Draft {
  if (operator === "missing") return readMissing(json, place, reading)
  const isText = (textTests as readonly string[]).includes(operator)
  if (isText ? json.length !== 2 : json.length < 1) {
    throw malformed(place, `${operator} takes ${isText ? "two texts" : "two terms or more"}`)
  }
  const terms = json.map((term, i) => argument(term, inside(place, i + 1), reading))
  const [first, ...others] = terms.flatMap(term => (term.kind === "variable" ? [term.cell.sort] : []))
  if (operator === "=" || operator === "!=") for (const other of others) first?.unify(other)
  else for (const sort of [first, ...others]) sort?.isValue()
  const [, second] = terms
  if (operator === "matches" && second?.kind === "constant") checkPattern(second.value, second.place)
  return { kind: "compare", place, operator: operator as Comparison, terms }
}

function checkPattern(pattern: Json, place: Place): void {
  if (typeof pattern !== "string") throw malformed(place, "A pattern is a text")
  const fault = matcherOf(pattern)
  if (typeof fault === "string") throw unsupported(place, fault)
}

function argument(json: Json, place: Place, { scope }: Reading): DraftTerm {
  if (typeof json === "string" && json.startsWith("$")) {
    throw unsupported(place, "A query asks one database: it names no source")
  }
  const term = readTerm(json, scope, place, false)
  if (term.kind === "anything") throw malformed(place, 'Anything, "_", is no value to work with')
  return term
}

function readMissing(json: readonly Json[], place: Place, reading: Reading): Draft {
  if (json.length !== 2) throw malformed(place, "missing takes an entity and an attribute")
  const entity = asEntity(argument(json[0]!, inside(place, 1), reading), reading.attributes)
  const [name, named] = [json[1], inside(place, 2)]
  const forward = typeof name === "string" ? name.replace("/_", "/") : name
  const attribute = readAttribute(forward, named, reading.attributes)
  if (forward === name) return { kind: "missing", place, entity, attribute }
  if (attribute.type !== "ref") throw notBackwards(attribute, named)
  // Nobody points at it.
  const join = entity.kind === "variable" ? [entity.cell] : []
  const pointing: Draft = { kind: "fact", place, attribute, entity: { kind: "anything" }, value: entity }
  return { kind: "not", place, join, clauses: [pointing] }
}

function readGetElse(json: readonly Json[], binding: Binding, place: Place, reading: Reading): Draft {
  if (json.length !== 3) throw malformed(place, "getElse takes an entity, an attribute and another value")
  const entity = asEntity(argument(json[0]!, inside(place, 1), reading), reading.attributes)
  const attribute = oneValued(json[1]!, inside(place, 2), reading)
  const otherwise = argument(json[2]!, inside(place, 3), reading)
  if (otherwise.kind !== "constant") throw unsupported(place, "The other value of getElse is a constant")
  if (otherwise.value === null) throw malformed(place, "The other value of getElse cannot be null")
  const into = scalar(binding, place, reading)
  if (attribute.type === "ref") into.sort.isEntity()
  else into.sort.isValue(attribute.type)
  return { kind: "getElse", place, entity, attribute, otherwise, into }
}

function readGetSome(json: readonly Json[], binding: Binding, place: Place, reading: Reading): Draft {
  if (json.length < 2) throw malformed(place, "getSome takes an entity and attributes")
  const entity = asEntity(argument(json[0]!, inside(place, 1), reading), reading.attributes)
  const attributes = json.slice(1).map((name, i) => oneValued(name, inside(place, i + 2), reading))
  if (binding.kind !== "tuple" || binding.terms.length !== 2) {
    throw unsupported(
      place,
      "getSome gives an attribute and its value: it is bound to two variables, [?attribute, ?value]",
    )
  }
  const [name, value] = binding.terms as [DraftTerm, DraftTerm]
  if (name.kind === "variable") name.cell.sort.isAttribute()
  if (value.kind === "variable")
    for (const { type } of attributes) value.cell.sort.isValue(type === "ref" ? undefined : type)
  return { kind: "getSome", place, entity, attributes, into: [name, value] }
}

function oneValued(name: Json, place: Place, { attributes }: Reading): DatalogAttribute {
  const attribute = readAttribute(name, place, attributes)
  if (!attribute.many) return attribute
  throw malformed(place, `${attribute.fullName} may have many values: only one of one value can be got`)
}

// What is bound once, whatever the binding is called.
function scalar(binding: Binding, place: Place, { scope }: Reading): Cell {
  if (binding.kind !== "scalar") throw unsupported(place, "It gives one value, which is bound to one variable")
  return binding.term.kind === "variable" ? binding.term.cell : scope.hidden()
}

function readComputation(
  operator: Computation,
  json: readonly Json[],
  binding: Binding,
  place: Place,
  reading: Reading,
): Draft {
  const fits = operator === "mod" ? json.length === 2 : operator === "identity" ? json.length === 1 : json.length >= 1
  if (!fits)
    throw malformed(place, `${operator} takes ${operator === "mod" ? 2 : operator === "identity" ? 1 : "some"} values`)
  if (operator === "identity" && binding.kind !== "scalar" && json.every(one => Array.isArray(one) || isVariable(one)))
    return readGround(json, binding, place, reading)
  const terms = json.map((term, i) => argument(term, inside(place, i + 1), reading))
  const into = scalar(binding, place, reading)
  if (operator === "identity") {
    for (const term of terms) if (term.kind === "variable") term.cell.sort.unify(into.sort)
  } else {
    into.sort.isValue(operator === "str" ? "string" : undefined)
    for (const term of terms) {
      if (term.kind !== "variable") continue
      term.cell.sort.isValue()
      if (operator !== "str") into.sort.computedFrom(term.cell.sort)
    }
  }
  return { kind: "compute", place, operator, terms, into: { kind: "variable", cell: into } }
}

// What is known before the query is asked, a constant or an input of one value, may be taken apart.
function readGround(json: readonly Json[], binding: Binding, place: Place, reading: Reading): Draft {
  const [value] = json
  if (json.length !== 1 || value === undefined) throw malformed(place, "ground takes one value")
  if (isVariable(value) && binding.kind === "scalar") return readComputation("identity", json, binding, place, reading)
  const known = isVariable(value) ? reading.constants.get(value) : constantOf(value).value
  if (known === undefined) throw unsupported(place, "Only a constant or an input of one value is taken apart")
  return { kind: "rows", place, ...rowsOf(binding, known, inside(place, 1)) }
}

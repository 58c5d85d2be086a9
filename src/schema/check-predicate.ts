import { isObject, type Json } from "../kernel/json.ts"
import { checkPath, checkVariable, type Scope } from "./check-path.ts"
import { checkTerm, checkTerms, checkValue } from "./check-term.ts"
import { at } from "./faults.ts"
import { asList, type Checking, type Part } from "./shape.ts"

type Check = (argument: Json, path: string, scope: Scope, checking: Checking) => void

const operators: Readonly<Record<string, Check>> = {
  and: checkAll,
  or: checkAll,
  not: checkPredicate,
  is: (argument, path, scope, checking) => {
    const pair = tuple(argument, 2, "[variable, variable]", path, checking)
    pair?.forEach((variable, i) => checkVariable(variable, at(path, i), scope, checking))
  },
  reaches: (argument, path, scope, checking) => {
    const parts = tuple(argument, 3, "[variable, path, variable]", path, checking)
    if (parts === null) return
    checkVariable(parts[0], at(path, 0), scope, checking)
    checkPath(parts[1], at(path, 1), parts[0], "ref", scope, checking)
    checkVariable(parts[2], at(path, 2), scope, checking)
  },
  exists: (argument, path, scope, checking) => {
    const parts = tuple(argument, 2, "[variable, path]", path, checking)
    if (parts === null) return
    checkVariable(parts[0], at(path, 0), scope, checking)
    checkPath(parts[1], at(path, 1), parts[0], "any", scope, checking)
  },
  eq: comparison,
  lt: comparison,
  lte: comparison,
  gt: comparison,
  gte: comparison,
  in: (argument, path, scope, checking) => {
    const parts = tuple(argument, 2, "[term, [value, …]]", path, checking)
    if (parts === null) return
    const ends = checkTerm(parts[0] ?? null, at(path, 0), scope, checking)
    const values = asList(parts[1], "in compares with a list of values, which", at(path, 1), checking.faults) ?? []
    values.forEach((value, i) => checkValue(value, at(at(path, 1), i), ends, checking))
  },
  type: (argument, path, scope, checking) => {
    const parts = tuple(argument, 2, "[variable, entity]", path, checking)
    if (parts === null) return
    checkVariable(parts[0], at(path, 0), scope, checking)
    const { catalog, faults } = checking
    const known = typeof parts[1] === "string" && catalog.typesOf(parts[1]).length > 0
    if (!known) faults.unknown(at(path, 1), "entity", parts[1], catalog.entityNames)
  },
}

/**
 * Checks a predicate: its grammar, and every name in it. It can ask about the data only. Were it able to ask about
 * groups, there would be rules that make each other false, and no one answer.
 */
export function checkPredicate(pred: Part, path: string, scope: Scope, checking: Checking): void {
  if (typeof pred === "boolean") return
  const { faults } = checking
  if (!isObject(pred)) return faults.add(path, pred === undefined ? "required" : "type", `A predicate is ${forms}`)
  const found = Object.keys(pred).filter(key => Object.hasOwn(operators, key))
  // An operator that is misspelt beside another would be a condition that is not asked. A remark is no condition.
  const stray = Object.keys(pred).filter(key => !Object.hasOwn(operators, key) && !key.startsWith("x-"))
  if (found.length !== 1 || stray.length > 0) return wrongOperator(found, stray, path, checking)
  const [operator = ""] = found
  operators[operator]!(pred[operator] ?? null, at(path, operator), scope, checking)
}

const forms = `true, false, or an object with one of ${Object.keys(operators).join(", ")}`

function wrongOperator(found: readonly string[], [key]: readonly string[], path: string, { faults }: Checking): void {
  if (found.length > 1) return faults.add(path, "operators", `A predicate has one operator, not ${found.join(" and ")}`)
  if (key === undefined) return faults.add(path, "type", `A predicate is ${forms}`)
  if (/^@?(?:group|permission)s?$/.test(key)) {
    return faults.add(at(path, key), "stratified", "A predicate asks about the data, never about groups or permissions")
  }
  faults.unknown(at(path, key), "operator", key, Object.keys(operators))
}

function checkAll(argument: Json, path: string, scope: Scope, checking: Checking): void {
  const parts = asList(argument, "What and, and or, put together", path, checking.faults) ?? []
  parts.forEach((part, i) => checkPredicate(part, at(path, i), scope, checking))
}

function comparison(argument: Json, path: string, scope: Scope, checking: Checking): void {
  const pair = tuple(argument, 2, "[term, term]", path, checking)
  if (pair !== null) checkTerms(pair, path, scope, checking)
}

function tuple(
  argument: Json,
  length: number,
  form: string,
  path: string,
  { faults }: Checking,
): readonly Json[] | null {
  if (Array.isArray(argument) && argument.length === length) return argument
  faults.add(path, "type", `What stands here is ${form}`)
  return null
}

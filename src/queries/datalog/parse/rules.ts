import type { Json } from "../../../kernel/json.ts"
import type { Attributes } from "../attributes.ts"
import { inside, malformed, type Place } from "../refuse.ts"
import { cellsOf, readClauses, reservedWords } from "./clause.ts"
import type { DraftRule } from "./draft.ts"
import type { RuleHead } from "./reading.ts"
import { Cells, Scope } from "./scope.ts"
import { Sort } from "./sort.ts"
import { isVariable } from "./terms.ts"

/** One branch of a rule as it is written: its head, and the clauses behind it. */
type Written = {
  readonly name: string
  readonly parameters: readonly string[]
  readonly required: readonly string[]
  readonly clauses: readonly Json[]
  readonly place: Place
}

/** The rules of a query: how each is called, and, when all heads are known, what each branch says. */
export function readRules(
  json: Json | undefined,
  attributes: Attributes,
): { readonly heads: ReadonlyMap<string, RuleHead>; readonly rules: readonly DraftRule[] } {
  const place: Place = { path: "/rules", clause: undefined }
  if (json === undefined) return { heads: new Map(), rules: [] }
  if (!Array.isArray(json)) throw malformed(place, "Rules are a list")
  const written = (json as readonly Json[]).map((rule, i) => readHead(rule, inside(place, i, rule)))
  const heads = new Map<string, RuleHead>()
  for (const { name, parameters, required, place: at } of written) {
    const known = heads.get(name)
    if (known === undefined) {
      heads.set(name, { number: heads.size, name, parameters: parameters.map(() => new Sort()) })
      continue
    }
    const first = written.find(branch => branch.name === name)!
    const [mine, theirs] = [parameters.length, first.parameters.length]
    const has = `The rule ${name} has`
    if (mine !== theirs) throw malformed(at, `${has} ${theirs} parameters in one branch and ${mine} in another`)
    if (required.length === first.required.length) continue
    throw malformed(at, `${has} other parameters that must be bound in one branch than in another`)
  }
  const rules = [...heads.values()].map(head => {
    const own = written.filter(({ name }) => name === head.name)
    const required = own.flatMap(branch => branch.required.map(name => branch.parameters.indexOf(name)))
    const branches = own.map(branch => readBranch(branch, head, heads, attributes))
    return { name: head.name, parameters: head.parameters, required: [...new Set(required)], branches }
  })
  return { heads, rules }
}

function readHead(json: Json, place: Place): Written {
  if (!Array.isArray(json) || !Array.isArray(json[0])) {
    throw malformed(place, "A rule is a list: its head, [name, parameter, …], and its clauses")
  }
  const [head, ...clauses] = json as readonly Json[]
  const [name, ...rest] = head as readonly Json[]
  const at = inside(place, 0)
  if (typeof name !== "string" || name === "" || isVariable(name)) throw malformed(at, "A rule has a name")
  if (reservedWords.includes(name)) throw malformed(at, `A rule cannot be called ${name}`)
  const required = Array.isArray(rest[0]) ? (rest[0] as readonly Json[]) : []
  const parameters = [...required, ...(Array.isArray(rest[0]) ? rest.slice(1) : rest)]
  if (!parameters.every(isVariable)) throw malformed(at, "The parameters of a rule are variables")
  if (parameters.length === 0) throw malformed(at, "A rule has parameters")
  if (new Set(parameters).size < parameters.length)
    throw malformed(at, "The parameters of a rule are different variables")
  if (clauses.length === 0) throw malformed(place, "A rule has clauses")
  return { name, parameters: parameters as string[], required: required as string[], clauses, place }
}

function readBranch(
  { parameters, clauses, place }: Written,
  head: RuleHead,
  heads: ReadonlyMap<string, RuleHead>,
  attributes: Attributes,
): DraftRule["branches"][number] {
  const cells = new Cells()
  const known = parameters.map((name, i) => {
    const cell = cells.make(name)
    cell.sort.unify(head.parameters[i]!)
    return [name, cell] as const
  })
  const scope = new Scope(cells, known)
  const read = readClauses(clauses, place, { scope, attributes, rules: heads, constants: new Map(), depth: 0 }, 1)
  scope.close()
  const used = new Set(read.flatMap(cellsOf))
  const lost = known.find(([, cell]) => !used.has(cell))
  if (lost !== undefined) throw malformed(place, `The parameter ${lost[0]} occurs in no clause of its rule`)
  return { place, cells: cells.all, clauses: read }
}

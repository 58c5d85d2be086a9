import type { Json } from "../../../kernel/json.ts"
import { inside, malformed, unsupported, type Place } from "../refuse.ts"
import { readBinding, rowsOf } from "./binding.ts"
import type { Cell } from "./draft.ts"
import type { Constants } from "./find.ts"
import type { Scope } from "./scope.ts"
import { constantOf, isLookup } from "./terms.ts"

type Given = { readonly cells: readonly Cell[]; readonly rows: readonly (readonly Json[])[]; readonly place: Place }

/** Reads what comes in from outside: variables, and the values they are bound to. */
export function readInputs(
  names: Json | undefined,
  args: Json | undefined,
  scope: Scope,
): { readonly given: readonly Given[]; readonly constants: Constants } {
  const place: Place = { path: "/in", clause: names }
  const inputs = listOf(names, place)
  const values = listOf(args, { path: "/args", clause: undefined })
  if (inputs.length !== values.length) {
    const sentence = `There are ${inputs.length} inputs in "in" and ${values.length} in "args"`
    throw malformed({ path: "/args", clause: undefined }, sentence)
  }
  const given: Given[] = []
  const constants = new Map<string, Json>()
  const named = new Set<Cell>()
  for (const [i, input] of inputs.entries()) {
    const at = inside(place, i, input)
    if (typeof input === "string" && (input.startsWith("$") || input === "%")) {
      throw unsupported(at, "A query asks one database, and its rules are its own: neither is an input")
    }
    const binding = readBinding(input, scope, at)
    for (const term of "term" in binding ? [binding.term] : binding.terms) {
      if (term.kind !== "variable") continue
      if (named.has(term.cell)) throw malformed(at, `${term.cell.name} comes in twice`)
      named.add(term.cell)
    }
    const { value, literal } = constantOf(values[i]!)
    // A lookup is one value, whatever it looks like.
    const isOne = binding.kind === "tuple" && binding.terms.length === 1 && isLookup(value) && !literal
    const { cells, rows } = rowsOf(binding, isOne ? [value] : value, { path: `/args/${i}`, clause: undefined })
    given.push({ cells, rows, place: { path: `/args/${i}`, clause: undefined } })
    if (binding.kind === "scalar" && typeof input === "string") constants.set(input, value)
  }
  return { given, constants }
}

function listOf(json: Json | undefined, place: Place): readonly Json[] {
  if (json === undefined) return []
  if (!Array.isArray(json)) throw malformed(place, "It is a list")
  return json as readonly Json[]
}

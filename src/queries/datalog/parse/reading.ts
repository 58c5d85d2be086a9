import type { Attributes } from "../attributes.ts"
import type { Constants } from "./find.ts"
import type { Scope } from "./scope.ts"
import type { Sort } from "./sort.ts"

/** A rule as its calls know it before its branches are read. */
export type RuleHead = { readonly number: number; readonly name: string; readonly parameters: readonly Sort[] }

/** What reading a clause needs: the names that mean something there. */
export type Reading = {
  readonly scope: Scope
  readonly attributes: Attributes
  readonly rules: ReadonlyMap<string, RuleHead>
  /** The inputs of one value: what each of them is. */
  readonly constants: Constants
  readonly depth: number
}

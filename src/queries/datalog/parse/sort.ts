import type { BaseType } from "../../../schema/grammar.ts"

const textTypes: readonly BaseType[] = ["string", "text", "uuid", "uri", "bytes", "enum", "date", "instant", "integer"]

/**
 * What is known of a variable, or of several that must stand for the same: what they were seen as. Two that turn out to
 * be the same are made one.
 */
export class Sort {
  #one: Sort | null = null
  #depth = 0
  #entity = false
  #value = false
  #attribute = false
  readonly #types = new Set<BaseType>()
  // What it is computed from: a sum of decimals is a decimal.
  #from: Sort[] = []

  get #root(): Sort {
    return this.#one === null ? this : this.#one.#root
  }

  isEntity(): void {
    this.#root.#entity = true
  }

  isValue(type?: BaseType): void {
    const root = this.#root
    root.#value = true
    if (type !== undefined) root.#types.add(type)
  }

  isAttribute(): void {
    this.#root.#attribute = true
    this.isValue("string")
  }

  computedFrom(operand: Sort): void {
    this.#root.#from.push(operand)
  }

  unify(other: Sort): void {
    const [mine, theirs] = [this.#root, other.#root]
    if (mine === theirs) return
    // The deeper of two ways to a root stays as it is, so that no way gets long.
    if (mine.#depth < theirs.#depth) return theirs.#take(mine)
    mine.#take(theirs)
  }

  #take(theirs: Sort): void {
    const mine: Sort = this.#root
    theirs.#one = mine
    mine.#depth = Math.max(mine.#depth, theirs.#depth + 1)
    mine.#entity ||= theirs.#entity
    mine.#value ||= theirs.#value
    mine.#attribute ||= theirs.#attribute
    for (const type of theirs.#types) mine.#types.add(type)
    mine.#from.push(...theirs.#from)
  }

  /** An entity, by its key. What is also a value is one: the id. */
  get kind(): "entity" | "value" {
    const { entity, value } = this.seen
    return entity && !value ? "entity" : "value"
  }

  get seen(): { readonly entity: boolean; readonly value: boolean; readonly attribute: boolean } {
    const root = this.#root
    return { entity: root.#entity, value: root.#value, attribute: root.#attribute }
  }

  get types(): ReadonlySet<BaseType> {
    return this.#root.#types
  }

  /** The one type that its values are of, as far as is known. */
  get type(): BaseType | null {
    const [first, second] = this.types
    return first !== undefined && second === undefined ? first : null
  }

  /** Whether its values can only be numbers. */
  get isNumber(): boolean {
    return this.#number(new Set())
  }

  #number(visited: Set<Sort>): boolean {
    const root = this.#root
    if (visited.has(root)) return true
    visited.add(root)
    const types = [...root.#types]
    if (!types.every(type => type === "integer" || type === "number")) return false
    return (types.length > 0 || root.#from.length > 0) && root.#from.every(operand => operand.#number(visited))
  }

  /** Whether its values can only be texts, or whole numbers, which are written in one way. */
  get isText(): boolean {
    const types = [...this.types]
    return types.length > 0 && types.every(type => textTypes.includes(type))
  }

  /** Whether its values are decimals, which are compared and added as numbers, and are text. */
  get isDecimal(): boolean {
    return this.#decimal(new Set())
  }

  #decimal(visited: Set<Sort>): boolean {
    const root = this.#root
    if (visited.has(root)) return false
    visited.add(root)
    if (root.#types.has("decimal")) return true
    return root.#from.some(operand => operand.#decimal(visited))
  }
}

import type { Cell } from "./draft.ts"
import { Sort } from "./sort.ts"

/** The variables of one query, or of one branch of a rule, in the order in which they are met. */
export class Cells {
  readonly all: Cell[] = []

  make(name: string): Cell {
    const cell = { number: this.all.length, name, sort: new Sort() }
    this.all.push(cell)
    return cell
  }
}

/** Where names of variables mean something. Within `notJoin` and `orJoin`, only some mean what they mean outside. */
export class Scope {
  readonly #cells: Cells
  readonly #named: Map<string, Cell>
  readonly #bindable = new Set<string>()
  #later: (() => void)[] = []

  constructor(cells: Cells, known: readonly (readonly [string, Cell])[] = []) {
    this.#cells = cells
    this.#named = new Map(known)
    for (const [name] of known) this.#bindable.add(name)
  }

  /** The variable of a name. `binds`: where it stands, it gets its values. */
  variable(name: string, binds: boolean): Cell {
    if (binds) this.#bindable.add(name)
    const known = this.#named.get(name)
    if (known !== undefined) return known
    const cell = this.#cells.make(name)
    this.#named.set(name, cell)
    return cell
  }

  /** A variable that nobody can name. */
  hidden(): Cell {
    return this.#cells.make("_")
  }

  /** Whether a name is somewhere bound to values. */
  binds(name: string): boolean {
    return this.#bindable.has(name)
  }

  get bindable(): readonly (readonly [string, Cell])[] {
    return [...this.#bindable].map(name => [name, this.variable(name, true)] as const)
  }

  find(name: string): Cell | undefined {
    return this.#named.get(name)
  }

  /** A scope of its own that shares some names with this one. */
  inner(shared: readonly string[]): Scope {
    return new Scope(
      this.#cells,
      shared.map(name => [name, this.variable(name, false)] as const),
    )
  }

  /** Does something when everything in this scope is read. */
  later(work: () => void): void {
    this.#later.push(work)
  }

  close(): void {
    for (let waiting = this.#later; waiting.length > 0; waiting = this.#later) {
      this.#later = []
      for (const work of waiting) work()
    }
  }
}

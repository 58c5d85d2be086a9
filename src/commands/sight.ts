import type { Maybe } from "../kernel/handler.ts"
import type { KnownFile } from "../ports/files.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { runDecision, type Deciding, type Need, type Scalar } from "./deciding.ts"
import type { LiveHead } from "./heads.ts"
import type { Judge, Question } from "./judge.ts"

/**
 * What a decision sees of the entities: where somebody may not see all of them, what is hidden looks as if it had never
 * been, and `judge` says what they may.
 */
export type Sight = {
  load(need: Need): Maybe<void>
  head(id: string): LiveHead
  isHidden(id: string): boolean
  /** The head of an entity, hidden or not: for what must stay whole whoever asks. */
  wholeHead(id: string): LiveHead
  /** Who has a value, hidden or not. */
  holders(attribute: string, value: Scalar): ReadonlySet<string>
  file(id: string): KnownFile | null
  /** Null: who asks may do everything. */
  readonly judge: Judge | null
}

/** The sight of one who may not see everything: what they may not read looks as if it had never been. */
export class Seen implements Sight {
  readonly judge: Judge
  readonly #whole: Sight
  readonly #schema: CompiledSchema
  readonly #hidden = new Map<string, boolean>()
  readonly #hiddenFiles = new Map<string, boolean>()

  constructor(whole: Sight, judge: Judge, schema: CompiledSchema) {
    this.#whole = whole
    this.#schema = schema
    this.judge = judge
  }

  load(need: Need): Maybe<void> {
    const loading = this.#whole.load(need)
    const unknown = need.heads?.filter(id => !this.#hidden.has(id)) ?? []
    const files = need.files?.filter(id => !this.#hiddenFiles.has(id)) ?? []
    if (unknown.length + files.length === 0) return loading
    const look = () => runDecision(this.#lookAtAll(unknown, files), this.#whole)
    return loading instanceof Promise ? loading.then(look) : look()
  }

  head(id: string): LiveHead {
    return this.isHidden(id) ? { id, type: "", version: 0, t: 0, document: null } : this.#whole.head(id)
  }

  isHidden(id: string): boolean {
    return this.#hidden.get(id) === true
  }

  wholeHead(id: string): LiveHead {
    return this.#whole.head(id)
  }

  holders(attribute: string, value: Scalar): ReadonlySet<string> {
    return this.#whole.holders(attribute, value)
  }

  file(id: string): KnownFile | null {
    return this.#hiddenFiles.get(id) === true ? null : this.#whole.file(id)
  }

  *#lookAtAll(ids: readonly string[], files: readonly string[]): Deciding<void> {
    yield* this.#look(ids)
    if (files.length > 0) yield* this.#lookForHolders(files)
  }

  // A file that others hold is theirs: whoever may read it with none of them cannot have it by holding it as well.
  *#lookForHolders(files: readonly string[]): Deciding<void> {
    const attributes = [...this.#schema.entities.values()].flatMap(entity => entity.files.map(one => one.fullName))
    const places = files.flatMap(file => [...new Set(attributes)].map(attribute => [attribute, file] as const))
    yield { holders: places }
    const held = places.flatMap(([attribute, file]) =>
      [...this.#whole.holders(attribute, file)].map(id => ({ id, attribute, file, permission: "read" })),
    )
    const ids = [...new Set(held.map(({ id }) => id))]
    yield { heads: ids }
    yield* this.#look(ids.filter(id => !this.#hidden.has(id)))
    const answers = yield* this.judge.before(held)
    const readable = new Set(
      held.filter((one, i) => answers[i] === true && !this.isHidden(one.id)).map(one => one.file),
    )
    const owned = new Set(held.map(({ file }) => file))
    for (const file of files) this.#hiddenFiles.set(file, owned.has(file) && !readable.has(file))
  }

  *#look(ids: readonly string[]): Deciding<void> {
    const heads = ids.map(id => this.#whole.head(id))
    const questions: Question[] = heads
      .filter(({ document }) => document !== null)
      .map(({ id }) => ({ id, permission: "read" }))
    const answers = yield* this.judge.before(questions)
    questions.forEach(({ id }, i) => this.#hidden.set(id, !answers[i]!))
    for (const { id, version, document } of heads) {
      if (document !== null) continue
      // That an id was used, and by what, is as hidden as what used it.
      this.#hidden.set(id, version > 0 && !(yield* this.judge.mightRead(id)))
    }
  }
}

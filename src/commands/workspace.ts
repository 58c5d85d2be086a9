import type { Head } from "../kernel/entity.ts"
import type { Maybe } from "../kernel/handler.ts"
import { frozen } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { assert } from "../kernel/refusal.ts"
import type { FileStore, KnownFile } from "../ports/files.ts"
import type { Store } from "../ports/store.ts"
import type { T } from "../kernel/message.ts"
import type { EntityChange } from "../ports/write.ts"
import type { Need, Scalar } from "./deciding.ts"
import { Heads, type LiveHead } from "./heads.ts"
import { Newcomers } from "./newcomers.ts"
import type { Laid } from "./overlay.ts"
import { Uploads } from "./uploads.ts"

/** How much a workspace remembers, and what it must know besides the store. */
export type WorkspaceOptions = {
  readonly headsMax?: number
  readonly files?: FileStore
  /** Whether what becomes of an entity may matter to who may what. */
  readonly touchesRights?: (change: EntityChange) => boolean
}

/**
 * What one batch of decisions sees: the store as it is, with everything that earlier decisions of the batch have said.
 * One batch at a time; `begin` forgets what the last one looked up.
 */
export class Workspace {
  readonly judge = null

  readonly #store: Store
  readonly #heads: Heads
  readonly #uploads: Uploads
  #holders = new Map<string, Set<string>>()
  // What this batch has said of values, for those whose holders are loaded after it was said.
  #said = new Map<string, Map<string, boolean>>()
  // Whose events in this batch made an entity what it is.
  #madeBy = new Map<string, string>()
  // What this batch has said, and nobody has asked about yet who must judge rights.
  #unread: { readonly command: string; readonly changes: readonly EntityChange[] }[] = []
  // The entities that this batch has said something of, as they are with it.
  #saidEntities = new Map<string, Laid>()
  // Who has said something that may matter to who may what.
  #rightsMakers = new Set<string>()
  #basis: T | null = null
  /** Whether others write to the store too. */
  readonly isShared: boolean
  // Where they do: what was loaded in this batch, and what a decision has taken from before it.
  #fresh = new Set<string>()
  #trusted = new Set<string>()
  // What is decided now rests on what is still being committed.
  #isAhead = false
  readonly #newcomers = new Newcomers()
  readonly #touchesRights: (change: EntityChange) => boolean

  constructor(store: Store, options: WorkspaceOptions = {}) {
    const { headsMax = limits.headsCachedMax, files, touchesRights = () => true } = options
    this.#store = store
    this.isShared = store.leases.isShared
    this.#touchesRights = touchesRights
    this.#uploads = new Uploads(files ?? null)
    this.#heads = new Heads(headsMax)
  }

  begin(): void {
    if (this.#holders.size > 0) this.#holders = new Map()
    if (this.#said.size > 0) this.#said = new Map()
    if (this.#madeBy.size > 0) this.#madeBy = new Map()
    if (this.#unread.length > 0) this.#unread = []
    if (this.#saidEntities.size > 0) this.#saidEntities = new Map()
    if (this.#fresh.size > 0) this.#fresh = new Set()
    if (this.#rightsMakers.size > 0) this.#rightsMakers = new Set()
    this.#basis = null
    this.#isAhead = false
    this.#uploads.begin()
  }

  /** What is decided from here on goes into the next commit, while one of the same batch is still under way. */
  goAhead(): void {
    this.#basis = null
    this.#isAhead = true
  }

  /** Brings in what is needed and not there. Returns nothing where that was done in this turn. */
  load(need: Need): Maybe<void> {
    if (need.ask !== undefined) return need.ask()
    if (need.files !== undefined || need.keep !== undefined) return this.#uploads.load(need)
    const missing = need.heads?.filter(id => this.#heads.get(id) === undefined)
    const heads = missing === undefined || missing.length === 0 ? undefined : this.#loadHeads(missing)
    const unknown = need.holders?.filter(([a, v]) => !this.#holders.has(holderKey(a, v)))
    const holders = unknown === undefined || unknown.length === 0 ? undefined : this.#loadHolders(unknown)
    if (heads === undefined) return holders
    return holders === undefined ? heads : Promise.all([heads, holders]).then(() => undefined)
  }

  /** Takes targets of commands of these kinds to be new where they always were. False: these ids must be loaded. */
  presume(ids: readonly string[], kinds: ReadonlyMap<string, string>): boolean {
    const strangers = ids.filter(id => this.#heads.get(id) === undefined)
    if (!this.#newcomers.expects(strangers, kinds)) return false
    for (const id of strangers) this.#heads.set({ id, type: "", version: 0, t: 0, document: null })
    return true
  }

  head(id: string): LiveHead {
    const head = this.#heads.get(id)
    assert(head !== undefined, `the head of ${id} was asked for before it was loaded`)
    if (this.isShared && !this.#fresh.has(id)) this.#trusted.add(id)
    return head
  }

  wholeHead(id: string): LiveHead {
    return this.head(id)
  }

  isHidden(_id: string): boolean {
    return false
  }

  holders(attribute: string, value: Scalar): ReadonlySet<string> {
    const holders = this.#holders.get(holderKey(attribute, value))
    assert(holders !== undefined, `the holders of ${attribute} were asked for before they were loaded`)
    return holders
  }

  /** The t that everything this batch reads of rights is as of. */
  basis(): Maybe<T> {
    if (this.#basis !== null) return this.#basis
    const asked = this.#store.basis()
    const keep = (t: T) => (this.#basis ??= t)
    return asked instanceof Promise ? asked.then(keep) : keep(asked)
  }

  /** The entities that earlier decisions of this batch have changed, as they are with that. */
  saidEntities(): ReadonlyMap<string, Laid> {
    this.#readSaid()
    return this.#saidEntities
  }

  /** Whether something that earlier decisions of this batch have said may matter to who may what. */
  hasSaidRights(): boolean {
    this.#readSaid()
    return this.#rightsMakers.size > 0
  }

  /** The commands of this batch that have said such things. */
  rightsMakers(): readonly string[] {
    return [...this.#rightsMakers]
  }

  /** A decision begins: from here on it is noted what it takes to be as it was before this batch. */
  beginDecision(): void {
    if (this.#trusted.size > 0) this.#trusted = new Set()
  }

  /**
   * Forgets what the decision took to be as it was, where another process may have overtaken it. False: nothing was, or it is
   * being committed, and the store has it not yet.
   */
  distrust(): boolean {
    if (this.#trusted.size === 0 || this.#isAhead) return false
    this.forget(this.#trusted)
    this.#trusted = new Set()
    return true
  }

  /** What is known of a file; null: it is not there. */
  file(id: string): KnownFile | null {
    return this.#uploads.get(id)
  }

  /** The commands of this batch that have made these entities what they are. */
  makersOf(ids: readonly string[]): readonly string[] {
    const makers = ids.map(id => this.#madeBy.get(id)).filter(maker => maker !== undefined)
    return makers.length < 2 ? makers : [...new Set(makers)]
  }

  /** Takes note of what a command's decision has said, so that the next one in the batch sees it. */
  note(command: string, heads: readonly LiveHead[], changes: readonly EntityChange[]): void {
    for (const head of heads) {
      this.#heads.set(head)
      this.#madeBy.set(head.id, command)
      if (this.isShared) this.#fresh.add(head.id)
    }
    if (changes.length > 0) this.#unread.push({ command, changes })
    for (const { id, values } of changes) {
      for (const { attribute, value, added } of values) {
        const key = holderKey(attribute, value)
        const said = this.#said.get(key)
        if (said === undefined) this.#said.set(key, new Map([[id, added]]))
        else said.set(id, added)
        const holders = this.#holders.get(key)
        if (holders !== undefined) say(holders, id, added)
      }
    }
  }

  /** Fills in the t of a head whose transaction now has one. */
  committed(id: string, t: number): void {
    const head = this.#heads.get(id)
    if (head !== undefined) head.t = t
    this.#newcomers.settled(id)
  }

  forget(ids: Iterable<string>): void {
    for (const id of ids) this.#heads.forget(id)
  }

  forgetAll(): void {
    this.#heads.clear()
    this.#newcomers.clear()
  }

  // Only on demand: where everybody may do everything, it costs nothing.
  #readSaid(): void {
    for (const { command, changes } of this.#unread) {
      for (const change of changes) {
        this.#saidEntities.set(change.id, { type: change.type, document: change.document })
        if (this.#touchesRights(change)) this.#rightsMakers.add(command)
      }
    }
    this.#unread = []
  }

  #loadHeads(ids: readonly string[]): Promise<void> | undefined {
    const found = this.#store.entities.heads(ids)
    if (found instanceof Promise) return found.then(heads => this.#keepHeads(heads))
    this.#keepHeads(found)
    return undefined
  }

  // Code is handed what is kept here: nobody may write to it.
  #keepHeads(heads: readonly Head[]): void {
    for (const head of heads) {
      this.#heads.set({ ...head, document: frozen(head.document) })
      if (!this.isShared) continue
      this.#fresh.add(head.id)
      this.#newcomers.found(head.id, head.version === 0)
    }
  }

  #loadHolders(wanted: readonly (readonly [string, Scalar])[]): Promise<void> | undefined {
    const found = this.#store.entities.holdersOf(wanted)
    if (found instanceof Promise) return found.then(all => this.#keepHolders(wanted, all))
    this.#keepHolders(wanted, found)
    return undefined
  }

  #keepHolders(wanted: readonly (readonly [string, Scalar])[], found: readonly (readonly string[])[]): void {
    wanted.forEach(([attribute, value], i) => {
      const key = holderKey(attribute, value)
      const holders = new Set(found[i])
      for (const [id, added] of this.#said.get(key) ?? []) say(holders, id, added)
      this.#holders.set(key, holders)
    })
  }
}

function say(holders: Set<string>, id: string, added: boolean): void {
  if (added) holders.add(id)
  else holders.delete(id)
}

function holderKey(attribute: string, value: Scalar): string {
  return `${attribute}\u0000${typeof value}\u0000${value}`
}

import type { Instance } from "../../kernel/instance.ts"
import { sameJson, type Json } from "../../kernel/json.ts"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { MovableStore, StoredTransaction } from "../../ports/transfer.ts"
import { emptiedBy, Erased } from "./erased.ts"
import { Schemas } from "./schemas.ts"
import { transferredWrite, type Grounds } from "./writes.ts"

/**
 * Makes the log of one store again in another, page by page behind what is there already. Each page is read back and
 * compared, so that whatever is copied is also proven to be there.
 */
export class Copy {
  readonly #source: MovableStore
  readonly #target: MovableStore
  readonly #schemas = new Schemas()
  readonly #erased = new Erased()
  #reached: T
  #schemasKept: number

  private constructor(source: MovableStore, target: MovableStore, reached: T, schemasKept: number) {
    this.#source = source
    this.#target = target
    this.#reached = reached
    this.#schemasKept = schemasKept
  }

  /** Begins behind what the target has, once that is found to be the beginning of what the source has. */
  static async behind(source: MovableStore, target: MovableStore): Promise<Copy> {
    const { t, hash } = await target.maintenance.chain()
    const [same] = t === 0 ? [] : await source.transfer.transactions(t - 1, 1)
    if (t > 0 && same?.hash !== hash) {
      throw new Refusal("conflict", `The target has another history than the source: they differ at t ${t} or before`, {
        t,
      })
    }
    const copy = new Copy(source, target, t, (await target.maintenance.schemas()).length)
    // An earlier run may have been interrupted before it had compared its last page.
    const from = Math.max(0, t - limits.batchUnitsMax)
    const page = await source.transfer.transactions(from, t - from)
    if (t > 0) await copy.#compare(page.filter(transaction => transaction.t <= t))
    return copy
  }

  /** The t up to which the target has everything. */
  get reached(): T {
    return this.#reached
  }

  /** Goes on from another opening of the same source. */
  from(source: MovableStore): Copy {
    return new Copy(source, this.#target, this.#reached, this.#schemasKept)
  }

  /** Copies one page more. False: there is nothing more by now. */
  async step(): Promise<boolean> {
    const page = await this.#source.transfer.transactions(this.#reached, limits.batchUnitsMax)
    this.#schemas.learn(await this.#source.maintenance.schemas())
    // After the page was read: whatever it has lost by then is known.
    await this.#erased.learn(this.#source)
    await this.#keepSchemas()
    // A schema notes the t from which on it is in force by where the log ends, so what is before it goes first.
    const end = this.#schemas.next(this.#reached + 1)
    const part = page.filter(({ t }) => t < end)
    if (part.length === 0) return false
    const instances = await this.#instancesOf(part)
    await this.#write(part, instances)
    await this.#compare(part, instances)
    await this.#compareEmptied(part)
    return true
  }

  // What was emptied after it was copied is still there in the target. That is found here, and nowhere else.
  async #compareEmptied(page: readonly StoredTransaction[]): Promise<void> {
    for (const t of emptiedBy(page)) await this.#compare(await this.#source.transfer.transactions(t - 1, 1))
  }

  async #keepSchemas(): Promise<void> {
    for (const { version, hash, schema } of this.#schemas.until(this.#reached + 1, this.#schemasKept)) {
      await this.#target.maintenance.keepSchema({ version, hash, schema })
      this.#schemasKept++
    }
  }

  async #instancesOf(page: readonly StoredTransaction[]): Promise<ReadonlyMap<string, Instance>> {
    const found = await this.#source.commands.find([...new Set(page.map(({ commandId }) => commandId))])
    return new Map(found.flatMap(instance => (instance === null ? [] : [[instance.command.id, instance]])))
  }

  async #write(page: readonly StoredTransaction[], instances: ReadonlyMap<string, Instance>): Promise<void> {
    const grounds = await this.#groundsOf(page, instances)
    const outcomes = await this.#target.commit(page.map(transaction => transferredWrite(transaction, grounds)))
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.kind === "done") continue
      const { t } = page[i]!
      const why = outcome.kind === "conflict" ? outcome.sentence : "its command is there already"
      throw new Refusal("conflict", `Transaction ${t} cannot be written to the target: ${why}`, { t })
    }
    this.#reached = page.at(-1)!.t
  }

  async #groundsOf(page: readonly StoredTransaction[], instances: ReadonlyMap<string, Instance>): Promise<Grounds> {
    const [target, schemas] = [this.#target, this.#schemas]
    const there = await target.commands.find([...instances.keys()])
    const changed = new Set(page.flatMap(({ changes }) => changes.map(({ id }) => id)))
    const heads = await target.entities.heads([...changed])
    return {
      schemaOf: transaction => schemas.of(transaction),
      isEmptied: t => this.#erased.has(t),
      instances,
      known: new Set(there.flatMap(instance => (instance === null ? [] : [instance.command.id]))),
      documents: new Map(heads.map(({ id, document }) => [id, document])),
    }
  }

  /** Refuses unless what the target has now is what was read from the source. */
  async #compare(page: readonly StoredTransaction[], read?: ReadonlyMap<string, Instance>): Promise<void> {
    const { t: last } = page.at(-1)!
    let compared = page[0]!.t - 1
    while (compared < last) {
      const found = await this.#target.transfer.transactions(compared, last - compared)
      if (found.length === 0) throw different(`transaction ${compared + 1}`, compared + 1)
      for (const there of found) {
        const wanted = page[there.t - page[0]!.t]
        if (!isSame(wanted, there)) throw different(`transaction ${there.t}`, there.t)
        compared = there.t
      }
    }
    const instances = read ?? (await this.#instancesOf(page))
    const there = await this.#target.commands.find([...instances.keys()])
    for (const [i, instance] of [...instances.values()].entries()) {
      // One that has taken a further step meanwhile is compared when that is copied.
      // What is archived is moved there at the end, with all that lies beside the log.
      if (instance.t <= last && !isSame(unarchived(instance), unarchived(there[i] ?? null)))
        throw different(`command ${instance.command.id}`, instance.t)
    }
  }
}

function unarchived(instance: Instance | null): Instance | null {
  if (instance === null) return null
  const { archivedAt: _archivedAt, ...rest } = instance
  return rest
}

// Everything that is compared is JSON, though its types do not say so.
function isSame(a: unknown, b: unknown): boolean {
  return sameJson(a as Json, b as Json)
}

function different(what: string, t: T): Refusal {
  return new Refusal("conflict", `The ${what} is not the same in the target as it is in the source`, { t })
}

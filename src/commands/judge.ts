import type { Maybe } from "../kernel/handler.ts"
import type { Json } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import { finish, type Steps } from "../kernel/steps.ts"
import type { EntityKey, FactStore } from "../ports/facts.ts"
import type { TransactionWrite } from "../ports/write.ts"
import { anonymous } from "../security/security.ts"
import { asked, type Deciding } from "./deciding.ts"
import { OverlayFacts, type Laid, type Layer } from "./overlay.ts"

/** Who may what, of one principal at one moment: what commands need of the room of security. */
export type Rights = {
  /** Whether each of the entities, or an attribute of it by its full name, is permitted; in the order asked. */
  allows(keys: readonly EntityKey[], permission: string, attribute?: string): Steps<readonly boolean[]>
}

/** The rules of a schema on facts: the rights of a principal as of a t, and the same rules on other facts. */
export type Security = {
  readonly rules: { readonly restOnAbsence: boolean }
  as(principal: string, t: T): Rights
  on(facts: FactStore): Security
}

/** What a batch of decisions has said so far. */
export type Batch = {
  basis(): Maybe<T>
  saidEntities(): ReadonlyMap<string, Laid>
  hasSaidRights(): boolean
}

/** What judging needs. */
export type JudgeParts = {
  readonly batch: Batch
  readonly facts: FactStore
  /** The rules on what is committed: what it has worked out, it keeps from command to command. */
  readonly security: Security
  /** Whether other processes commit to the same store. */
  readonly isShared: boolean
}

/** One question: whether who asks may do this to an entity, or to an attribute of it, which has its full name here. */
export type Question = { readonly id: string; readonly permission: string; readonly attribute?: string }

type Value = NonNullable<TransactionWrite["sought"]>["values"][number]

/** On what answers rest, as of a t. */
export type RestedOn = { readonly ids: readonly string[]; readonly sought: readonly Value[]; readonly t: T }

/** Where questions are answered: some facts, the rules on them, and the rights that follow. */
type Court = { readonly facts: FactStore; readonly security: Security; readonly rights: Rights }

/**
 * Judges what one principal may do, at the moment of one decision: on what is committed, with all that the batch has said
 * before it. What the decision itself says counts only where it is asked for, in `after`.
 */
export class Judge {
  readonly actor: string
  readonly #parts: JudgeParts
  readonly #looked: OverlayFacts[] = []
  #before: Court | null = null
  #basis: T = 0

  constructor(actor: string, parts: JudgeParts) {
    this.actor = actor
    this.#parts = parts
  }

  /** Answers questions about entities as they are before the decision; in the order asked. */
  *before(questions: readonly Question[]): Deciding<readonly boolean[]> {
    if (questions.length === 0) return []
    return yield* this.#answer(yield* this.#courtBefore(), questions)
  }

  /** Answers questions about entities as they would be with what the decision says. */
  *after(questions: readonly Question[], layer: Layer): Deciding<readonly boolean[]> {
    if (questions.length === 0) return []
    yield* this.#courtBefore()
    const entities = new Map<string, Laid>([...this.#parts.batch.saidEntities(), ...layer.entities])
    return yield* this.#answer(this.#courtOf({ ...layer, entities }), questions)
  }

  /** Whether an entity that is no more might be read when it was last there. One that never was hides nothing. */
  mightRead(id: string): Deciding<boolean> {
    return this.might(id, [{ permission: "read" }])
  }

  /** Whether all this might be done to an entity that is no more when it was last there; to one that never was, it might. */
  *might(id: string, questions: readonly Omit<Question, "id">[]): Deciding<boolean> {
    const { facts, security } = yield* this.#courtBefore()
    const [key] = yield* asked(() => facts.keys([id]))
    const [seen] = key == null ? [null] : yield* asked(() => facts.lastSeen([key], this.#basis))
    if (key == null || seen == null) return true
    const rights = security.as(this.actor, seen)
    for (const { permission, attribute } of questions) {
      const [allowed] = yield* asked(() => finish(rights.allows([key], permission, attribute)))
      if (allowed !== true) return false
    }
    return true
  }

  /**
   * What the answers rest on where another process could change it: the entities that were looked at, and where rules may
   * deny, all values that were sought, found or not. With the t of that.
   */
  *restedOn(): Deciding<RestedOn> {
    const ids = new Set<string>()
    const sought = new Map<string, Value>()
    const restsOnAbsence = this.#looked.length > 0 && this.#parts.security.rules.restOnAbsence
    // Whoever comes to be may be denied what was not denied to nobody.
    if (restsOnAbsence && this.actor !== anonymous) ids.add(this.actor)
    for (const facts of this.#looked) {
      for (const id of yield* asked(() => facts.ids([...facts.looked]))) ids.add(id)
      if (!restsOnAbsence) continue
      for (const value of yield* valuesSought(facts)) sought.set(JSON.stringify(value), value)
    }
    return { ids: [...ids], sought: [...sought.values()], t: this.#basis }
  }

  // What the store has alone, and nothing in this batch has touched, is judged by rights that are kept.
  *#courtBefore(): Deciding<Court> {
    if (this.#before !== null) return this.#before
    const { batch, facts, security, isShared } = this.#parts
    this.#basis = yield* asked(() => batch.basis())
    if (isShared || batch.hasSaidRights()) {
      return (this.#before = this.#courtOf({ entities: batch.saidEntities() }))
    }
    return (this.#before = { facts, security, rights: security.as(this.actor, this.#basis) })
  }

  #courtOf(layer: Layer): Court {
    const facts = new OverlayFacts(this.#parts.facts, this.#basis, layer)
    const security = this.#parts.security.on(facts)
    if (this.#parts.isShared) this.#looked.push(facts)
    return { facts, security, rights: security.as(this.actor, facts.t) }
  }

  *#answer({ facts, rights }: Court, questions: readonly Question[]): Deciding<readonly boolean[]> {
    const ids = [...new Set(questions.map(({ id }) => id))]
    const keys = yield* asked(() => facts.keys(ids))
    const keyOf = new Map(ids.map((id, i) => [id, keys[i] ?? null]))
    const answers = new Map<Question, boolean>()
    for (const group of grouped(questions).values()) {
      const [{ permission, attribute }] = group as [Question]
      const known = group.filter(({ id }) => keyOf.get(id) !== null)
      const asking = known.map(({ id }) => keyOf.get(id)!)
      const told = yield* asked(() => finish(rights.allows(asking, permission, attribute)))
      known.forEach((question, i) => answers.set(question, told[i] === true))
    }
    return questions.map(question => answers.get(question) === true)
  }
}

// Refs as they are written: by the ids of their targets.
function* valuesSought(facts: OverlayFacts): Deciding<readonly Value[]> {
  const refs = facts.sought.filter(({ attribute }) => attribute.type === "ref")
  const keys = [...new Set(refs.flatMap(({ values }) => values as readonly EntityKey[]))]
  const ids = yield* asked(() => facts.ids(keys))
  const idOf = new Map<Json, string>(keys.map((key, i) => [key, ids[i]!]))
  return facts.sought.flatMap(({ attribute: { fullName, type }, values }) =>
    // What a rule looks for is looked up: a scalar.
    values.map(value => ({
      attribute: fullName,
      value: type === "ref" ? idOf.get(value)! : (value as Value["value"]),
    })),
  )
}

// Asked together, what many questions have in common is worked out once.
function grouped(questions: readonly Question[]): ReadonlyMap<string, readonly Question[]> {
  const groups = new Map<string, Question[]>()
  for (const question of questions) {
    const key = `${question.permission} ${question.attribute ?? ""}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [question])
    else group.push(question)
  }
  return groups
}

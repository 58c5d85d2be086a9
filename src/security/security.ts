import { breathing } from "../kernel/breath.ts"
import type { Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey, FactStore } from "../ports/facts.ts"
import type { Committed } from "../ports/write.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { assignmentsOf } from "./assigned.ts"
import { emptyMemo, Memos, type Memo } from "./memo.ts"
import { meaningOf, type Meaning } from "./relevance.ts"
import type { Ground } from "./resolve.ts"
import { auditingRights, systemRights, type Rights } from "./rights.ts"
import { RightsAt } from "./rights-at.ts"
import { rulesOf, type Rules } from "./rules.ts"
import { Standings } from "./standing.ts"

/** Who asks where nobody says so: no entity stands for them. */
export const anonymous = "anonymous"

/** Who may do everything. */
export const system = "system"

/** The rules of a schema on the data of a store. With a clock, long work lets others have their turn. */
export function securityOf(schema: CompiledSchema, facts: FactStore, clock: Clock | null = null): Security {
  return new Security({ rules: rulesOf(schema), facts, clock })
}

// What follows from the rules alone, whatever the data.
type Shared = { readonly meaning: (committed: Committed) => Meaning; readonly ground: Ground }

type Turn = { readonly id: string; readonly kind: "began" | "ended" }

/**
 * Who may see and change what. What was worked out is remembered for each principal, and stays remembered over the
 * transactions that it is told of and that change nothing which a rule reads.
 */
export class Security {
  readonly rules: Rules
  readonly facts: FactStore
  readonly clock: Clock | null
  readonly #meaning: (committed: Committed) => Meaning
  readonly #memos = new Memos()
  #ground: Ground
  // What is remembered holds from `#from` to `#to`. Null: nobody has asked yet.
  #from: T = 0
  #to: T | null = null
  #turns: Turn[] = []
  #epoch = 0

  constructor({ rules, facts, clock }: Pick<Security, "rules" | "facts" | "clock">, shared?: Shared) {
    this.clock = clock
    this.rules = rules
    this.facts = facts
    this.#meaning = shared?.meaning ?? meaningOf(rules)
    this.#ground = shared?.ground ?? groundOf(rules)
  }

  /** The same rules on other data: on what a transaction would make of it. */
  on(facts: FactStore): Security {
    return new Security(
      { rules: this.rules, facts, clock: this.clock },
      { meaning: this.#meaning, ground: this.#ground },
    )
  }

  /**
   * The rights of a principal at a t that was committed: an entity's id, `anonymous`, `system`, or an id that is
   * nobody's, which is like `anonymous`. With `asOf`, what the principal has `audit` on is judged by the rights of then.
   */
  as(principal: string, t: T, { asOf }: { readonly asOf?: T } = {}): Rights {
    if (principal === system) return systemRights(this.rules, this.facts, t)
    const today = this.#rightsAt(principal, t)
    return asOf === undefined || asOf === t ? today : auditingRights(today, this.#rightsAt(principal, asOf))
  }

  #rightsAt(principal: string, t: T): RightsAt {
    const keeper = {
      memo: () => this.#memoFor(principal, t),
      grown: (memo: Memo) => this.#memos.grown(memo),
      breath: () => (this.clock === null ? null : breathing(this.clock)),
    }
    return new RightsAt(principal, t, this.facts, this.rules, keeper)
  }

  /** Counts up whenever what was remembered of everybody's rights may be wrong. */
  get epoch(): number {
    return this.#epoch
  }

  /** Tells of what was committed, in order. What it is not told of costs it what it remembers, never an answer. */
  committed(batch: readonly Committed[]): void {
    // As long as nobody has asked there is nothing to be wrong about: where `system` alone works, it costs nothing.
    if (this.#to === null) return
    for (const one of batch) {
      if (one.t <= this.#to) continue
      if (one.t > this.#to + 1) this.#forget(one.t)
      else this.#take(one)
      this.#to = one.t
    }
  }

  #take(committed: Committed): void {
    const { isRelevant, began, ended } = this.#meaning(committed)
    if (isRelevant || this.#turns.length > limits.turnsKeptMax) return this.#forget(committed.t)
    for (const id of [...began, ...ended]) this.#memos.forget(id)
    for (const id of ended) this.#turns.push({ id, kind: "ended" })
    for (const id of began) this.#turns.push({ id, kind: "began" })
    // Before, other entities were there than after: one memo cannot tell of both.
    if (began.length + ended.length > 0) this.#from = committed.t
  }

  #forget(from: T): void {
    this.#memos.clear()
    this.#turns = []
    this.#from = from
    this.#epoch++
  }

  *#memoFor(principal: string, t: T): Steps<Memo> {
    if (this.#ground.standings.sets.size > limits.groupSetsKeptMax) {
      this.#ground = groundOf(this.rules)
      this.#forget(this.#to ?? t)
    }
    if (this.#to === null) {
      this.#to = t
      this.#from = t
    }
    const isNow = this.#from <= t && t <= this.#to
    // An id cannot begin like this: control characters have no place in ids.
    const name = isNow ? principal : `\n${t} ${principal}`
    const kept = this.#memos.find(name)
    if (kept !== undefined) {
      if (!isNow || (yield* this.#takeTurns(kept))) return kept
    }
    const epoch = this.#epoch
    const turns = this.#turns.length
    const memo = emptyMemo(this.#ground, yield* this.#entityOf(principal, t), turns)
    // What was begun before something changed is good for whoever began it, and for nobody after.
    if (epoch === this.#epoch && (!isNow || turns === this.#turns.length)) this.#memos.keep(name, memo)
    return memo
  }

  *#entityOf(principal: string, t: T): Steps<EntityKey | null> {
    if (principal === anonymous) return null
    const [key] = yield* need(this.facts.keys([principal]))
    if (key == null) return null
    const [type] = yield* need(this.facts.types([key], t))
    return type == null ? null : key
  }

  // Whether the memo is of now afterwards.
  *#takeTurns(memo: Memo): Steps<boolean> {
    const turns = this.#turns
    const until = turns.length
    if (memo.turns === until) return true
    const missed = turns.slice(memo.turns, until)
    const keys = yield* need(this.facts.keys(missed.map(turn => turn.id)))
    // While it was waited for, somebody else may have been quicker, or it may have become the memo of the past.
    if (turns !== this.#turns || memo.turns >= until) return turns === this.#turns && memo.turns === until
    memo.turns = until
    memo.generation++
    memo.gone.clear()
    memo.members.clear()
    missed.forEach(({ kind }, i) => {
      const key = keys[i]
      if (key == null) return
      memo.standings.delete(key)
      if (kind === "began" && memo.isComplete) memo.fresh.add(key)
      else memo.fresh.delete(key)
    })
    return true
  }
}

function groundOf(rules: Rules): Ground {
  return { standings: new Standings(rules), assignments: assignmentsOf(rules) }
}

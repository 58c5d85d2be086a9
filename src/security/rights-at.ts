import type { Breath } from "../kernel/breath.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey, FactStore } from "../ports/facts.ts"
import { allOf, everything } from "./everything.ts"
import { Types, type Look } from "./look.ts"
import { emptyMemo, type Memo } from "./memo.ts"
import { resolve } from "./resolve.ts"
import { guardedIn, type Place, type Rights } from "./rights.ts"
import type { Rules } from "./rules.ts"
import type { Standing } from "./standing.ts"

/** Who keeps what is known of somebody's rights. */
export type Keeper = {
  readonly memo: () => Steps<Memo>
  /** Says that there is more in one. */
  readonly grown: (memo: Memo) => void
  /** What long work lets others have their turn with. */
  readonly breath: () => Breath | null
}

/** The rights of one principal at one t: those of today on what exists, and on what does not, those of its last moment. */
export class RightsAt implements Rights {
  readonly principal: string
  readonly t: T
  readonly facts: FactStore
  readonly rules: Rules
  readonly isSystem = false
  readonly #keeper: Keeper
  #memo: Memo | null = null
  #generation = 0

  constructor(principal: string, t: T, facts: FactStore, rules: Rules, keeper: Keeper) {
    this.principal = principal
    this.t = t
    this.facts = facts
    this.rules = rules
    this.#keeper = keeper
  }

  /** What they are to each entity. Null: it never existed by then. */
  *standings(keys: readonly EntityKey[]): Steps<readonly (Standing | null)[]> {
    let memo = yield* this.#own()
    const told = keys.map(key => memo.standings.get(key))
    if (!told.includes(undefined)) return told as readonly Standing[]
    const unknown = new Set(keys.filter((_, i) => told[i] === undefined))
    const look = this.#lookAt(this.t, memo)
    yield* look.types.learn(unknown, look)
    const there = [...unknown].filter(key => look.types.of(key) !== null)
    const found = yield* this.#judge(there, memo, look)
    const missing = [...unknown].filter(key => look.types.of(key) === null)
    const gone = yield* this.#gone(missing, memo)
    return keys.map((key, i) => told[i] ?? found.get(key) ?? gone.get(key) ?? null)
  }

  *groups(keys: readonly EntityKey[]): Steps<readonly (readonly string[])[]> {
    return (yield* this.standings(keys)).map(standing => standing?.groups ?? [])
  }

  *permissions(keys: readonly EntityKey[]): Steps<readonly (readonly string[])[]> {
    const told = yield* this.standings(keys)
    return told.map(standing => (standing === null ? [] : this.#standing.permissions(standing)))
  }

  *allows(keys: readonly EntityKey[], permission: string, attribute?: string): Steps<readonly boolean[]> {
    const told = yield* this.standings(keys)
    return told.map(standing => standing !== null && this.#standing.allows(standing, permission, attribute))
  }

  *attributes(keys: readonly EntityKey[], permission = "read"): Steps<readonly ReadonlySet<string>[]> {
    const told = yield* this.standings(keys)
    return told.map(standing => (standing === null ? none : this.#standing.attributes(standing, permission)))
  }

  *members(
    permission: string,
    { attribute, type }: { attribute?: string; type?: string } = {},
  ): Steps<readonly EntityKey[] | null> {
    if (!(yield* this.prepare())) return null
    const memo = yield* this.#own()
    const name = JSON.stringify([permission, attribute, type])
    const kept = memo.members.get(name)
    if (kept !== undefined) return kept
    const { generation } = memo
    const { standings } = memo.ground
    const members: EntityKey[] = []
    for (const [key, standing] of memo.standings) {
      if (type !== undefined && standing.type !== type) continue
      if (standings.allows(standing, permission, attribute)) members.push(key)
    }
    // Where nobody in particular is needed, everything is permitted on which there are no groups.
    const look = this.#lookAt(this.t, memo)
    for (const one of type === undefined ? this.rules.types.keys() : [type]) {
      if (!standings.allows(standings.of(one, 0), permission, attribute)) continue
      for (const key of yield* allOf(one, look)) if (!memo.standings.has(key)) members.push(key)
    }
    if (members.length > limits.standingsAtOnceMax) return null
    if (memo.generation === generation) memo.members.set(name, members)
    this.#keeper.grown(memo)
    return members
  }

  *holds(permission: string): Steps<boolean> {
    const { security } = yield* this.#own()
    return security !== null && (yield* this.allows([security], permission))[0] === true
  }

  guarded(permission: string): ReadonlySet<string> {
    return guardedIn(this.rules, permission)
  }

  known(key: EntityKey, permission: string, attribute?: string): boolean | undefined {
    const memo = this.#memo
    if (memo === null || memo.generation !== this.#generation) return undefined
    const standing = memo.standings.get(key)
    return standing && memo.ground.standings.allows(standing, permission, attribute)
  }

  *lookAt(key: EntityKey): Steps<Place | null> {
    const memo = yield* this.#own()
    const [last] = yield* need(this.facts.lastSeen([key], this.t))
    if (last == null) return null
    const look = this.#lookAt(last, { security: memo.security, leading: new Map() })
    yield* look.types.learn([key], look)
    return { ground: memo.ground, look }
  }

  *prepare(): Steps<boolean> {
    const memo = yield* this.#own()
    if (memo.isLarge) return false
    if (!memo.isComplete) {
      const found = yield* everything(memo.ground, this.#lookAt(this.t, memo))
      const kept = yield* this.#own()
      if (found === null) kept.isLarge = true
      else for (const [key, standing] of found) kept.standings.set(key, standing)
      kept.isComplete = found !== null
      this.#keeper.grown(kept)
      return kept.isComplete
    }
    yield* this.standings([...memo.fresh])
    return true
  }

  get #standing() {
    // Standings were told, so there is a memo.
    return this.#memo!.ground.standings
  }

  // The shared memo, as long as it tells of this moment; then one of its own.
  *#own(): Steps<Memo> {
    if (this.#memo === null) {
      const memo = yield* this.#keeper.memo()
      this.#memo ??= memo
      this.#generation = this.#memo.generation
    }
    if (this.#memo.generation !== this.#generation) {
      this.#memo = emptyMemo(this.#memo.ground, this.#memo.security, 0)
      this.#generation = 0
    }
    return this.#memo
  }

  #lookAt(t: T, { security, leading }: Pick<Memo, "security" | "leading">): Look {
    const look = { facts: this.facts, t, security, types: new Types(), leading, way: { steps: 0 } }
    const breathe = this.#keeper.breath()
    return breathe === null ? look : { ...look, breathe }
  }

  *#judge(keys: readonly EntityKey[], memo: Memo, look: Look): Steps<ReadonlyMap<EntityKey, Standing>> {
    const { standings } = memo.ground
    const isNew = (key: EntityKey) => !memo.isComplete || memo.fresh.has(key)
    const asked = keys.filter(isNew)
    const known = (key: EntityKey) => memo.standings.get(key)
    const found = asked.length === 0 ? new Map<EntityKey, Standing>() : yield* resolve(memo.ground, asked, known, look)
    for (const key of keys) if (!isNew(key)) found.set(key, standings.of(look.types.of(key)!, 0))
    yield* this.#keep(found, look)
    return found
  }

  // Others have their turns in between, after which another memo may be the one that tells of this moment.
  *#keep(found: ReadonlyMap<EntityKey, Standing>, { breathe }: Look): Steps<void> {
    let kept = yield* this.#own()
    if (kept.standings.size + found.size > limits.standingsKeptMax) this.#clear(kept)
    let count = 0
    for (const [key, standing] of found) {
      kept.standings.set(key, standing)
      kept.fresh.delete(key)
      if (++count % keptUsual !== 0 || breathe === undefined) continue
      yield* breathe()
      kept = yield* this.#own()
    }
    this.#keeper.grown(kept)
  }

  #clear(memo: Memo): void {
    memo.standings.clear()
    memo.members.clear()
    memo.isComplete = false
    memo.fresh.clear()
  }

  *#gone(keys: readonly EntityKey[], memo: Memo): Steps<ReadonlyMap<EntityKey, Standing | null>> {
    const found = new Map<EntityKey, Standing | null>()
    const unknown = keys.filter(key => !memo.gone.has(key))
    for (const key of keys) if (memo.gone.has(key)) found.set(key, memo.gone.get(key)!)
    if (unknown.length === 0) return found
    const last = yield* need(this.facts.lastSeen(unknown, this.t))
    const byMoment = new Map<T | null, EntityKey[]>()
    unknown.forEach((key, i) => byMoment.set(last[i] ?? null, [...(byMoment.get(last[i] ?? null) ?? []), key]))
    for (const [t, some] of byMoment) {
      const look = t === null ? null : this.#lookAt(t, { security: memo.security, leading: new Map() })
      if (look !== null) yield* look.types.learn(some, look)
      const told = look === null ? null : yield* resolve(memo.ground, some, () => undefined, look)
      for (const key of some) found.set(key, told?.get(key) ?? null)
    }
    const kept = yield* this.#own()
    for (const key of unknown) kept.gone.set(key, found.get(key)!)
    return found
  }
}

const none: ReadonlySet<string> = new Set()

// So many are kept in about a millisecond.
const keptUsual = 2_000

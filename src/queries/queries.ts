import type { Clock } from "../kernel/clock.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import type { QueryAsker, QueryReading } from "../kernel/named-query.ts"
import { Refusal, unreachable } from "../kernel/refusal.ts"
import { finish, need, type Steps } from "../kernel/steps.ts"
import type { EntityKey, Moment } from "../ports/facts.ts"
import type { Store } from "../ports/store.ts"
import type { Attributes } from "./attributes.ts"
import { Budget, type Leaving } from "./budget.ts"
import type { DerivedRunner } from "./derived.ts"
import { readEnvelope, type Envelope, type Question, type When } from "./envelope.ts"
import { withoutPast } from "./forgetful.ts"
import { find } from "./find.ts"
import { diff, history } from "./history.ts"
import { jsonOf, refuseData, type CompiledQuery } from "./named.ts"
import { readNaming, resolveNamings } from "./naming.ts"
import { Newest } from "./newest.ts"
import type { Target } from "./pattern.ts"
import { pull } from "./pull.ts"
import type { Rights } from "../security/rights.ts"
import { sightBy } from "./sight.ts"
import type { QueryAnswer, View } from "./view.ts"

/** What queries are answered with. */
export type QueriesParts = {
  readonly store: Store
  readonly clock: Clock
  readonly attributes: Attributes
  readonly named: ReadonlyMap<string, CompiledQuery>
  readonly derived: DerivedRunner
  /** What somebody may at t. */
  readonly rightsOf: (principal: string, t: T) => Rights
  /** Resolves when this t is there; refuses with `timeout`. */
  readonly reached: (t: T, ms: number, signal?: Leaving) => Promise<void>
}

/** What somebody looks over an answer with. */
export type Over = Pick<View, "facts"> & Required<Pick<View, "onResolved">> & { readonly milliseconds: number }

/** `t`: where it was another than was asked for. */
type Told = { readonly result: Json; readonly next?: string; readonly t?: T }

type Asking = {
  readonly asker: QueryAsker
  readonly depth: number
  readonly signal: Leaving | undefined
  /** It is asked of a t, be it the newest, and not of now. */
  readonly isPast: boolean
}

// A named query may ask another one, and that one the first: this is how often before it is taken for a circle.
const namedDepthMax = 8

/** Answers queries, each of one moment and for one reader. */
export class Queries {
  readonly #parts: QueriesParts
  readonly #newest: Newest

  constructor(parts: QueriesParts) {
    this.#parts = parts
    this.#newest = new Newest(parts.store)
  }

  /** Answers a query as it is sent. Rejects with a Refusal where there is no answer. */
  async query(body: Json, asker: QueryAsker, { signal }: { signal?: Leaving } = {}): Promise<QueryAnswer> {
    const { attributes, clock, store } = this.#parts
    const envelope = readEnvelope(body, attributes)
    const from = clock.ticks()
    if (envelope.minBasisT !== null) {
      const least = await finish(this.#tOf(envelope.minBasisT))
      await this.#parts.reached(least, envelope.timeoutMs, signal)
    }
    const answer = async (newest: T, leaving?: Leaving) => {
      const budget = new Budget(clock, envelope.timeoutMs, leaving, from)
      return finish(this.#answer(envelope, newest, budget, { asker, depth: 0, signal: leaving, isPast: false }))
    }
    // What an app's code does for a query may cost it more than it costs to wait.
    const isOurs = envelope.question.kind !== "name" && !attributes.hasDerived
    return isOurs ? this.#newest.at(answer, signal) : answer(await store.basis(), signal)
  }

  /**
   * Answers a question of t out of facts that somebody looks over. What it reads of them, and what datalog came to, is
   * all that can change the answer, but for rights.
   */
  async answerOver(question: Question, t: T, asker: QueryAsker, over: Over): Promise<QueryAnswer> {
    const { clock, rightsOf } = this.#parts
    const budget = new Budget(clock, over.milliseconds)
    const view = { ...this.#view({ t }, t, rightsOf(asker.principal, t), budget), ...over }
    const { result } = await finish(
      this.#resultOf(question, view, { asker, depth: 0, signal: undefined, isPast: false }),
    )
    return { basisT: t, result }
  }

  /** Reads a query as it is sent. */
  read(body: Json): Envelope {
    return readEnvelope(body, this.#parts.attributes)
  }

  *#answer({ question, asOf, since }: Envelope, newest: T, budget: Budget, asking: Asking): Steps<QueryAnswer> {
    const { rightsOf } = this.#parts
    // What is still to come is everything as it is now; the answer says which t that was.
    const asked = asOf === null ? Infinity : yield* this.#tOf(asOf)
    const t = Math.min(asked, newest)
    const moment = since === null ? { t } : { t, since: yield* this.#tOf(since) }
    // Who may see what is asked of today, whatever the moment that is looked at.
    const view = this.#view(moment, newest, rightsOf(asking.asker.principal, newest), budget)
    const {
      result,
      next,
      t: basisT = t,
    } = yield* this.#resultOf(question, view, { ...asking, isPast: asked <= newest })
    const errors = view.errors.length === 0 ? {} : { errors: view.errors }
    return { basisT, result, ...(next === undefined ? {} : { next }), ...errors }
  }

  #view(moment: Moment, newest: T, rights: Rights, budget: Budget): View {
    const { store, attributes, derived } = this.#parts
    const sight = sightBy(rights)
    const facts = withoutPast(store.facts, attributes.forgetful, newest)
    return { facts, attributes, moment, newest, rights, sight, budget, derived, errors: [] }
  }

  *#resultOf(question: Question, view: View, asking: Asking): Steps<Told> {
    const { store } = this.#parts
    switch (question.kind) {
      case "pull": {
        const keys = yield* resolveNamings(view, question.namings, refsIn(question.target))
        const told = yield* pull(view, question.target, keys, question.isMany)
        return { result: question.isMany ? told : (told[0] ?? null) }
      }
      case "find":
        return yield* find(this.#parts, question, view)
      case "history": {
        const [key = null] = yield* resolveNamings(view, [question.naming])
        const { entries, next } = yield* history(view, store, key, question)
        return next === null ? { result: entries } : { result: entries, next: String(next) }
      }
      case "diff": {
        const [key = null] = yield* resolveNamings(view, [question.naming])
        const [from, to] = [yield* this.#tOf(question.from), yield* this.#tOf(question.to)]
        const most = view.moment.t
        return { result: yield* diff(view, store, key, [Math.min(from, most), Math.min(to, most)]) }
      }
      case "name":
        return { result: yield* need(this.#named(question.name, question.data, view, asking)) }
      default:
        return unreachable(question)
    }
  }

  async #named(name: string, data: Json, view: View, { asker, depth, signal, isPast }: Asking): Promise<Json> {
    const { named, derived, attributes } = this.#parts
    const query = named.get(name)
    if (query === undefined) throw new Refusal("not-found", `There is no query ${name}`, { name })
    if (depth >= namedDepthMax)
      throw new Refusal("too-large", `The query ${name} asks others that ask it again`, { name })
    refuseData(query, data)
    const ask = async (body: JsonObject): Promise<Json> => {
      view.budget.check()
      const { question, asOf, since, minBasisT } = readEnvelope(body, attributes)
      if (asOf !== null || since !== null || minBasisT !== null) {
        throw new Refusal("malformed", `The query ${name} reads at the t that it is asked of, and at no other`, {
          name,
        })
      }
      return (await finish(this.#resultOf(question, view, { asker, depth: depth + 1, signal, isPast }))).result
    }
    const reading: QueryReading = {
      t: view.moment.t,
      ask,
      pull: (pattern, of) => ask({ pull: pattern, of }),
      find: query => ask(query),
    }
    const work = async () => jsonOf(await query.run({ ...derived.adapters, ...reading, isPast, data, asker }))
    return view.budget.within(work())
  }

  /**
   * The keys of entities that are named as in a query, whoever may see them; null: there is none. What looks one up by a
   * value is known to who may read that value of it.
   */
  async keysOf(names: readonly Json[], t: T, { principal }: QueryAsker): Promise<readonly (EntityKey | null)[]> {
    const { attributes, clock, store, rightsOf } = this.#parts
    const namings = names.map((name, i) => readNaming(name, `/${i}/entity`, attributes))
    // Names that are ids are the same at any t, whoever asks.
    const newest = namings.some(({ kind }) => kind === "lookup") ? await store.basis() : t
    const view = this.#view({ t }, newest, rightsOf(principal, newest), new Budget(clock, limits.queryMsUsual))
    return finish(resolveNamings(view, namings))
  }

  *#tOf(when: When): Steps<T> {
    if (typeof when === "number") return when
    return yield* need(this.#parts.store.log.tAt(Date.parse(when)))
  }
}

/** The refs that a pattern follows from where it begins. */
function refsIn(target: Target): readonly string[] {
  if (target.kind === "union") return []
  return target.fields.flatMap(({ source, onward }) => {
    if (source.kind !== "attribute" || onward?.kind !== "join") return []
    const stored = [...source.meanings.values()].filter(meaning => meaning.kind === "stored")
    return [...new Set(stored.map(({ attribute }) => attribute.name))]
  })
}

import type { Maybe } from "../kernel/handler.ts"
import { assert } from "../kernel/refusal.ts"
import type { ValueChange } from "../ports/write.ts"

/** A value that is looked up. */
export type Scalar = ValueChange["value"]

/** What a decision needs to have at hand before it can go on. */
export type Need = {
  readonly heads?: readonly string[]
  readonly holders?: readonly (readonly [string, Scalar])[]
  /** Files that something is asked of, by their ids. */
  readonly files?: readonly string[]
  /** Files that must be there for good before what refers to them is committed. */
  readonly keep?: readonly string[]
  /** Anything else: what it answers is kept by whoever asks. */
  readonly ask?: () => Maybe<void>
}

/** A decision that asks for what it needs as it goes: at hand in the same turn where the store is. */
export type Deciding<Result> = Generator<Need, Result, void>

/** Asks for something in a decision that may be there at once or later. */
export function* asked<Value>(ask: () => Maybe<Value>): Deciding<Value> {
  const told: Value[] = []
  const keep = (value: Value) => void told.push(value)
  yield {
    ask() {
      const answer = ask()
      return answer instanceof Promise ? answer.then(keep) : keep(answer)
    },
  }
  assert(told.length === 1, "a decision went on before what it asked for was there")
  return told[0]!
}

/** What brings in what a decision needs. */
type Source = { load(need: Need): Maybe<void> }

/** Runs a decision to its end: in this turn where everything it asks for is there in this turn. */
export function runDecision<Result>(deciding: Deciding<Result>, source: Source): Result | Promise<Result> {
  for (;;) {
    const step = deciding.next()
    if (step.done === true) return step.value
    const loading = source.load(step.value)
    if (loading instanceof Promise) return goOn(deciding, source, loading)
  }
}

async function goOn<Result>(deciding: Deciding<Result>, source: Source, loading: Promise<void>): Promise<Result> {
  let waiting: void | Promise<void> = loading
  for (;;) {
    await waiting
    const step: IteratorResult<Need, Result> = deciding.next()
    if (step.done === true) return step.value
    waiting = source.load(step.value)
  }
}

import type { Maybe } from "./handler.ts"

/**
 * Work that asks for things which may be here at once or later. Written once with `yield* need(…)`, it runs at once
 * where all it asks for is here, which costs nothing, and waits where it is not.
 */
export type Steps<Result> = Generator<Maybe<unknown>, Result, unknown>

/** Asks for something within steps. */
export function* need<Value>(asked: Maybe<Value>): Generator<Maybe<unknown>, Value, unknown> {
  // Whoever runs the steps hands in what the asked-for came to.
  return (yield asked) as Value
}

/** Runs steps to their end. */
export function finish<Result>(steps: Steps<Result>): Maybe<Result> {
  return goOn(steps, steps.next())
}

function goOn<Result>(steps: Steps<Result>, reached: IteratorResult<Maybe<unknown>, Result>): Maybe<Result> {
  let at = reached
  while (at.done !== true) {
    const asked = at.value
    if (asked instanceof Promise) {
      return asked.then(
        value => goOn(steps, steps.next(value)),
        (error: unknown) => goOn(steps, steps.throw(error)),
      )
    }
    at = steps.next(asked)
  }
  return at.value
}

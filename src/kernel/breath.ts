import type { Clock } from "./clock.ts"
import { limits } from "./limits.ts"
import { need, type Steps } from "./steps.ts"

/** Lets others have their turn, when it was that of this work for long. To be asked often. */
export type Breath = () => Steps<void>

/** Makes one for a piece of work that begins now. */
export function breathing(clock: Clock): Breath {
  let since = clock.ticks()
  return function* breathe() {
    if (clock.ticks() - since < limits.breathMs) return
    yield* need(
      new Promise<void>(resolve => {
        clock.soon(resolve)
      }),
    )
    since = clock.ticks()
  }
}

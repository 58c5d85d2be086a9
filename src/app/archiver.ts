import type { ArchivePolicy } from "../kernel/archive-policy.ts"
import type { Clock } from "../kernel/clock.ts"
import { sameJson } from "../kernel/json.ts"
import { every, in_ } from "../kernel/moments.ts"
import { recurrence } from "../kernel/recurrence.ts"
import type { Store } from "../ports/store.ts"
import type { Timer } from "../ports/timers.ts"
import { system } from "../security/security.ts"
import type { Archive } from "./archive.ts"

/** Under this id its timer stands. No lasting command's timer has such an id. */
const timerId = "daybook:archive"

type Parts = { readonly archive: Archive; readonly store: Pick<Store, "commands">; readonly clock: Clock }

/**
 * Archives as an app's policy says, woken by a timer: the commands that do it are `system`'s. That the timer stands, and
 * for which policy, is recorded by a command as well, in whose transaction it is set.
 */
export class Archiver {
  readonly #policy: ArchivePolicy
  readonly #parts: Parts

  /** Refuses a policy that cannot be followed. */
  constructor(policy: ArchivePolicy, parts: Parts) {
    every(policy.every, policy.zone)
    in_(policy.olderThan)
    this.#policy = policy
    this.#parts = parts
  }

  /** Sees to it that the timer stands. One that came due while nobody was there is left to go off. */
  async begin(): Promise<void> {
    const [last] = await this.#parts.store.commands.list({ type: "ScheduleArchive", archived: "both", limit: 1 })
    if (last === undefined || !sameJson(last.command.data, this.#policy)) await this.#schedule()
  }

  /** Whether this timer is for it. */
  isFor({ id }: Timer): boolean {
    return id === timerId
  }

  /** Archives, and sets the timer to when the next run is due: whatever else was missed comes to one run. */
  async fire(): Promise<void> {
    await this.#parts.archive.archive(this.#policy.olderThan, system)
    await this.#schedule()
  }

  async #schedule(): Promise<void> {
    const { archive, clock } = this.#parts
    const due = recurrence(this.#policy.every, this.#policy.zone).after(clock.now())
    await archive.schedule(this.#policy, { id: timerId, due, payload: {} }, system)
  }
}

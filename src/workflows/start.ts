import type { Arrival } from "../kernel/life.ts"
import type { T } from "../kernel/message.ts"
import type { Timer } from "../ports/timers.ts"
import type { Committed, TimerChange } from "../ports/write.ts"
import { Change } from "../processors/change.ts"
import type { ProcessorParts } from "../processors/parts.ts"
import { tenantParts, type TenantParts } from "../processors/tenant-parts.ts"
import { Quiet } from "../processors/quiet.ts"
import type { Tenant, Tenure } from "../processors/tenure.ts"
import { Gate } from "./gate.ts"
import { routerName, type RouterParts } from "./parts.ts"
import { Router } from "./router.ts"
import { Timers } from "./timers.ts"

/** What goes off again and again by a timer of its own, which it sets, and sets anew whenever it has gone off. */
export type Recurring = {
  /** Sees to it that the timer stands. */
  begin(): Promise<void>
  isFor(timer: Timer): boolean
  fire(): Promise<void>
}

/** What running workflows needs from the rest. */
export type WorkflowParts = ProcessorParts & Omit<RouterParts, "stepped"> & { readonly recurring: Recurring | null }

/**
 * What brings to instances what they wait for, in one process at a time: the router, the timers, and the gate. The steps
 * themselves are taken wherever something is brought.
 */
class WorkflowsPost implements Tenant {
  readonly name = routerName
  readonly #parts: WorkflowParts
  readonly #changed: () => void
  readonly #change: Change
  #running: { readonly router: Router; readonly timers: Timers } | null = null
  #tenure: Tenure | null = null

  /** `changed` is called whenever it may have become quiet. */
  constructor(parts: WorkflowParts, changed: () => void) {
    this.#parts = parts
    this.#changed = changed
    this.#change = new Change(changed)
  }

  async begin(tenure: Tenure): Promise<void> {
    await this.#change.of(async () => {
      const parts = { ...this.#parts, ...tenantParts(this.#parts, tenure) }
      const reached = await reachedBy(parts)
      const wake = (id: string, arrival: Arrival) => parts.wake(id, arrival)
      const gate = new Gate({ store: parts.store, workflows: parts.workflows, wake })
      const router = new Router({ ...parts, stepped: event => gate.stepped(event) }, reached, this.#changed)
      const timers = new Timers({ ...parts, changed: this.#changed, fire: timer => this.#fire(timer) })
      this.#running = { router, timers }
      this.#tenure = tenure
      await gate.begin(await parts.store.basis())
      router.start()
      await parts.recurring?.begin()
      timers.start()
    })
  }

  async end(): Promise<void> {
    await this.#change.of(async () => {
      await this.#running?.timers.stop()
      await this.#running?.router.stop()
      this.#running = null
      this.#tenure = null
    })
  }

  committed(report: Committed): void {
    this.#current?.router.committed(report)
  }

  /** Timers were set or taken back by this process. */
  armed(timers: readonly TimerChange[]): void {
    for (const { due } of timers) if (due !== null) this.#current?.timers.armed(due)
  }

  rang(): void {
    this.#current?.router.rang()
    this.#current?.timers.rang()
  }

  lookForTimers(): void {
    this.#current?.timers.rang()
  }

  get busy(): boolean {
    const running = this.#running
    return this.#change.isUnderWay || running?.router.busy === true || running?.timers.busy === true
  }

  get #current() {
    return this.#tenure?.isOurs() === true ? this.#running : null
  }

  async #fire(timer: Timer): Promise<void> {
    const { recurring } = this.#parts
    if (recurring?.isFor(timer) === true) return recurring.fire()
    const { command, name, fire } = timer.payload
    if (typeof command !== "string" || typeof name !== "string" || typeof fire !== "number") return
    await this.#parts.wake(command, { kind: "timer", name, fire })
  }
}

/** The lasting commands of a daybook, as far as what brings something to them runs in this process. */
export type Workflows = {
  /** Told of every transaction of this process, after it is durable, in order of t. Returns at once. */
  committed(report: Committed): void
  /** Timers were set or taken back by this process. */
  armed(timers: readonly TimerChange[]): void
  /** Another process may have committed something. */
  rang(): void
  /** Looks for timers that another process may have set. */
  lookForTimers(): void
  /** Resolves when nothing is under way or due now in this process. */
  idle(): Promise<void>
  busy(): boolean
  /** Brings nothing more, and resolves when what was under way is durable. */
  stop(): Promise<void>
}

/** Starts what brings to instances what they wait for, in this process or in another. Null: the app has nothing of the kind. */
export async function startWorkflows(parts: WorkflowParts): Promise<Workflows | null> {
  if (parts.workflows.size === 0 && parts.recurring === null) return null
  const quiet = new Quiet(() => post.busy)
  const post = new WorkflowsPost(parts, () => quiet.look())
  await parts.leases.add([post])
  return {
    committed: report => post.committed(report),
    armed: timers => post.armed(timers),
    rang: () => post.rang(),
    lookForTimers: () => post.lookForTimers(),
    idle: () => quiet.reached(),
    busy: () => post.busy,
    async stop() {
      await parts.leases.remove([post])
      quiet.look()
    },
  }
}

/** Where the router goes on; a new one begins with what is still to come, and that is written down before anything happens. */
async function reachedBy({ store, write }: TenantParts): Promise<T> {
  const reached = await store.deliveries.reached(routerName)
  if (reached !== null) return reached
  const t = await store.basis()
  await write({ kind: "deliveries", consumer: routerName, reached: t, parked: [], done: [] })
  return t
}

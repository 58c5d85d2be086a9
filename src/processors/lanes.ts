import type { Cancel, Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { Delivery } from "./delivery.ts"

/** The deliveries of one entity, in order. The first is the only one that may run. */
type Lane = {
  readonly entity: string
  readonly waiting: Delivery[]
  running: boolean
  timer: Cancel | null
  ready: boolean
}

/**
 * Keeps the deliveries of one entity in order, while those of others go on. A lane whose first delivery may run is
 * ready; one whose first is not due yet waits on the clock; an empty one is gone.
 */
export class Lanes {
  readonly #clock: Clock
  readonly #isReady: () => void
  readonly #lanes = new Map<string, Lane>()
  readonly #ready: Lane[] = []
  #stopped = false

  /** `isReady` is called when time has made a lane ready. */
  constructor(clock: Clock, isReady: () => void) {
    this.#clock = clock
    this.#isReady = isReady
  }

  get countReady(): number {
    return this.#ready.length
  }

  /** Puts a delivery behind all others of its entity. Returns the first of them: itself, when there is no other. */
  add(delivery: Delivery): Delivery {
    const lane = this.#lane(delivery.entity)
    lane.waiting.push(delivery)
    if (lane.waiting.length === 1) this.#schedule(lane)
    return lane.waiting[0]!
  }

  /** Puts a delivery before all others of its entity but one that is running. */
  addFirst(delivery: Delivery): void {
    const lane = this.#lane(delivery.entity)
    lane.waiting.splice(lane.running ? 1 : 0, 0, delivery)
    this.#schedule(lane)
  }

  /** Whether this very place of the log is on its way. */
  has({ entity, t, n }: Pick<Delivery, "entity" | "t" | "n">): boolean {
    return this.#lanes.get(entity)?.waiting.some(d => d.t === t && d.n === n) === true
  }

  /** The next delivery that may run; from now on it runs. */
  next(): Delivery | undefined {
    const lane = this.#ready.shift()
    if (lane === undefined) return undefined
    lane.ready = false
    lane.running = true
    return lane.waiting[0]
  }

  /** The running delivery of an entity is through with this attempt. If it is to run again it stays the first. */
  ended(entity: string, again: boolean): void {
    const lane = this.#lane(entity)
    lane.running = false
    if (!again) lane.waiting.shift()
    this.#schedule(lane)
  }

  /** Those behind the first delivery of an entity. */
  behind(entity: string): readonly Delivery[] {
    return this.#lanes.get(entity)?.waiting.slice(1) ?? []
  }

  /** Nothing becomes ready any more. */
  stop(): void {
    this.#stopped = true
    this.#ready.length = 0
    for (const lane of this.#lanes.values()) lane.timer?.()
  }

  #lane(entity: string): Lane {
    const known = this.#lanes.get(entity)
    if (known !== undefined) return known
    const lane = { entity, waiting: [], running: false, timer: null, ready: false }
    this.#lanes.set(entity, lane)
    return lane
  }

  #schedule(lane: Lane): void {
    lane.timer?.()
    lane.timer = null
    const first = lane.waiting[0]
    if (first === undefined) this.#lanes.delete(lane.entity)
    if (first === undefined || lane.running || lane.ready || this.#stopped) return
    const wait = first.due === null ? 0 : first.due - this.#clock.now()
    if (wait <= 0) return this.#push(lane)
    // However far the clock was set back meanwhile, nothing waits longer than the longest wait.
    lane.timer = this.#clock.after(Math.min(wait, limits.retryCapMs + limits.retryJitterMs), () => {
      lane.timer = null
      this.#push(lane)
      this.#isReady()
    })
  }

  #push(lane: Lane): void {
    lane.ready = true
    this.#ready.push(lane)
  }
}

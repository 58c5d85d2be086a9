import type { T } from "../kernel/message.ts"
import type { Projection } from "../kernel/projection.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { ProjectionProgress } from "../ports/projections.ts"
import type { Committed } from "../ports/write.ts"
import { Build, projectionConsumer } from "./build.ts"
import { Insistence } from "./insist.ts"
import { firstBuild, nextBuild, versionOf, type StoredVersion } from "./stored-version.ts"
import type { TenantParts } from "./tenant-parts.ts"

/** How far one version of a projection has got. `lag` is in transactions. */
export type ReadModelStatus = {
  readonly name: string
  readonly version: number
  readonly t: T
  readonly lag: number
  readonly live: boolean
  readonly error: string | null
}

/** The build that is read. `build` is null where the app has no code for its version any more: it stands still. */
type Live = { readonly stored: StoredVersion; readonly reached: T; readonly build: Build | null }
type Waiter = { readonly t: T; readonly resolve: () => void; readonly reject: (error: unknown) => void }

/**
 * One projection with its builds. Always in one of these modes:
 *
 * steady     One build is read and fed. `rebuild`, or a start with another version: building.
 * building   A second build is fed from the first event on, beside the one that is read. Near the end: swapping.
 * swapping   The first is not fed any more; as soon as the second has got as far, it is the one that is read, and the
 *            first is dropped: steady. So who has read at t never reads at an earlier t afterwards.
 *
 * The very first build is read from the start: it is behind, and says so.
 */
export class ReadModel {
  readonly name: string
  readonly #versions: ReadonlyMap<number, Projection>
  readonly #parts: TenantParts
  readonly #changed: () => void
  readonly #insistence: Insistence
  #live: Live
  #next: Build | null = null
  #mode: "steady" | "building" | "swapping" = "steady"
  #beginning: Promise<void> | null = null
  #waiters: Waiter[] = []
  #swapWaiters: Omit<Waiter, "t">[] = []
  // While swapping: what waits for the second build to have got as far as the first.
  #behind: { readonly caughtUp: () => boolean; readonly go: () => void } | null = null

  /** `versions` has the code for each version that the app has; `live` is the build that the store says is read. */
  constructor(
    versions: ReadonlyMap<number, Projection>,
    live: { readonly stored: StoredVersion; readonly reached: T },
    parts: TenantParts,
    changed: () => void,
  ) {
    this.name = [...versions.values()][0]!.name
    this.#versions = versions
    this.#parts = parts
    this.#changed = changed
    this.#insistence = new Insistence(projectionConsumer(this.name), parts)
    const { stored, reached } = live
    const code = versions.get(versionOf(stored))
    const start = { stored, reached, derives: () => true, changed: () => this.#moved() }
    this.#live = { stored, reached, build: code === undefined ? null : new Build(code, start, parts) }
  }

  /** The build that is read, as the store knows it. */
  get stored(): StoredVersion {
    return this.#live.stored
  }

  get reached(): T {
    return this.#live.build?.reached ?? this.#live.reached
  }

  get busy(): boolean {
    if (this.#insistence.stopped) return false
    return this.#mode === "swapping" || this.#builds().some(build => build.busy)
  }

  committed(report: Committed): void {
    for (const build of this.#builds()) build.committed(report)
  }

  rang(): void {
    for (const build of this.#builds()) build.rang()
  }

  status(): readonly ReadModelStatus[] {
    const newest = Math.max(this.reached, ...this.#builds().map(build => build.newest))
    const { stored, build } = this.#live
    const say = (of: StoredVersion, t: T, live: boolean, error: string | null): ReadModelStatus => {
      return { name: this.name, version: versionOf(of), t, lag: newest - t, live, error }
    }
    const live = say(stored, this.reached, true, build?.error ?? null)
    return this.#next === null ? [live] : [live, say(this.#next.stored, this.#next.reached, false, this.#next.error)]
  }

  /** Builds a version beside the one that is read; `reached` is where an earlier run of it got to. */
  build(stored: StoredVersion, reached: T): void {
    const projection = this.#versions.get(versionOf(stored))!
    // What follows from earlier events was derived by the build that is read.
    const derives = (t: T) => t > (this.#live.build?.durable ?? this.#live.reached)
    this.#mode = "building"
    this.#next = new Build(projection, { stored, reached, derives, changed: () => this.#moved() }, this.#parts)
  }

  /** Resolves when a build that began from nothing is the one that is read. */
  async rebuild(): Promise<void> {
    if (this.#mode === "steady") await (this.#beginning ??= this.#begin().finally(() => (this.#beginning = null)))
    await new Promise<void>((resolve, reject) => {
      this.#swapWaiters.push({ resolve, reject })
    })
  }

  /** Resolves when t can be read. */
  waitFor(t: T): { readonly reached: Promise<void>; readonly giveUp: () => void } {
    if (this.reached >= t) return { reached: Promise.resolve(), giveUp: () => {} }
    let waiter: Waiter | null = null
    const reached = new Promise<void>((resolve, reject) => {
      waiter = { t, resolve, reject }
      this.#waiters.push(waiter)
    })
    return { reached, giveUp: () => (this.#waiters = this.#waiters.filter(w => w !== waiter)) }
  }

  async stop(): Promise<void> {
    this.#insistence.stop()
    await Promise.all(this.#builds().map(build => build.stop()))
    const refusal = new Refusal("unavailable", `The projection ${this.name} has stopped`, { projection: this.name })
    for (const { reject } of [...this.#waiters, ...this.#swapWaiters]) reject(refusal)
    this.#waiters = []
    this.#swapWaiters = []
  }

  #builds(): readonly Build[] {
    return [this.#live.build, this.#next].filter(build => build !== null)
  }

  async #begin(): Promise<void> {
    const { store, write } = this.#parts
    const consumer = projectionConsumer(this.name)
    const stored = nextBuild(this.#live.stored)
    // What could not be taken is tried again by this; if it still cannot, it will be there again.
    const done = (await store.deliveries.parked(consumer)).map(({ t, n }) => ({ t, n }))
    if (done.length > 0) await write({ kind: "deliveries", consumer, reached: null, parked: [], done })
    await store.projections.begin(this.name, stored)
    this.build(stored, 0)
  }

  #moved(): void {
    const { reached } = this
    for (const { t, resolve } of this.#waiters) if (t <= reached) resolve()
    if (this.#waiters.length > 0) this.#waiters = this.#waiters.filter(({ t }) => t > reached)
    if (this.#mode === "building" && this.#next?.isNearTheEnd === true) {
      this.#mode = "swapping"
      void this.#swap(this.#next)
    } else if (this.#mode === "swapping" && this.#behind?.caughtUp() === true) this.#behind.go()
    this.#changed()
  }

  async #swap(next: Build): Promise<void> {
    try {
      await this.#live.build?.stop()
      const before = this.reached
      if (next.reached < before) {
        await new Promise<void>(go => {
          this.#behind = { caughtUp: () => next.reached >= before, go }
        })
        this.#behind = null
      }
      const { stored } = next
      // Read from now on; that the store drops the other one comes after that.
      this.#live = { stored, reached: next.reached, build: next }
      this.#next = null
      await this.#insistence.on("swap", async () => this.#parts.store.projections.swap(this.name, stored))
      this.#mode = "steady"
      this.#parts.journal.info("A projection is read from its new build", {
        projection: this.name,
        version: versionOf(stored),
      })
      for (const { resolve } of this.#swapWaiters.splice(0)) resolve()
    } catch (error) {
      this.#parts.journal.warn("A projection stopped within a swap", { projection: this.name, error })
    }
    this.#moved()
  }
}

/** Opens a projection on what the store knows of it: begins it, or builds a version that is not there beside the old one. */
export async function openReadModel(
  versions: ReadonlyMap<number, Projection>,
  progress: readonly ProjectionProgress[],
  parts: TenantParts,
  changed: () => void,
): Promise<ReadModel> {
  const { name } = [...versions.values()][0]!
  const wanted = Math.max(...versions.keys())
  const { projections } = parts.store
  const live = progress.find(p => p.live)
  if (live === undefined) {
    const stored = firstBuild(wanted)
    await projections.begin(name, stored)
    await projections.swap(name, stored)
    return new ReadModel(versions, { stored, reached: 0 }, parts, changed)
  }
  const model = new ReadModel(versions, { stored: live.version, reached: live.reached }, parts, changed)
  const begun = progress.find(p => !p.live && versionOf(p.version) === wanted)
  if (begun !== undefined) model.build(begun.version, begun.reached)
  else if (versionOf(live.version) !== wanted) {
    await projections.begin(name, firstBuild(wanted))
    model.build(firstBuild(wanted), 0)
  }
  return model
}

import type { Document } from "../kernel/entity.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { everyEvent, type Projection } from "../kernel/projection.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { HeldLease } from "../ports/leases.ts"
import type { Committed } from "../ports/write.ts"
import { Asking } from "./asking.ts"
import { projectionConsumer } from "./build.ts"
import type { ProcessorParts, SchemaFacts } from "./parts.ts"
import { ProjectionPost } from "./projection-post.ts"
import type { ReadModelStatus } from "./read-model.ts"
import { versionOf, type StoredVersion } from "./stored-version.ts"

/** All projections of a daybook: fed in this process or in another, and read in each. */
export class Projections {
  readonly #posts: readonly ProjectionPost[]
  readonly #parts: ProcessorParts
  readonly #asking: Asking

  constructor(posts: readonly ProjectionPost[], parts: ProcessorParts) {
    this.#posts = posts
    this.#parts = parts
    this.#asking = new Asking(parts)
  }

  committed(report: Committed): void {
    for (const post of this.#posts) post.committed(report)
  }

  rang(): void {
    for (const { model } of this.#posts) model?.rang()
  }

  get busy(): boolean {
    return this.#posts.some(post => post.busy)
  }

  async status(): Promise<readonly ReadModelStatus[]> {
    const all: ReadModelStatus[] = []
    for (const post of this.#posts) all.push(...(post.model?.status() ?? (await this.#statusElsewhere(post))))
    return all
  }

  async rows(projection: string, keys: readonly string[]): Promise<ReadonlyMap<string, Document>> {
    const post = this.#post(projection)
    const { projections } = this.#parts.store
    const read = async (stored: StoredVersion) => projections.rows(projection, stored, keys)
    return (await this.#read(post, read, rows => rows.size === 0 && keys.length > 0)) ?? new Map()
  }

  async list(
    projection: string,
    options: { after?: string; limit: number },
  ): Promise<readonly { key: string; row: Document }[]> {
    const post = this.#post(projection)
    const { projections } = this.#parts.store
    const read = async (stored: StoredVersion) => projections.list(projection, stored, options)
    return (await this.#read(post, read, rows => rows.length === 0)) ?? []
  }

  async rebuild(projection: string): Promise<void> {
    const post = this.#post(projection)
    const { isShared } = this.#parts.leases
    const before = isShared ? await this.#live(post) : null
    try {
      if (post.model !== null) return await post.model.rebuild()
    } catch (error) {
      if (!isShared || this.#asking.isStopped) throw error
    }
    const isDone = async () => (await this.#live(post)) !== before
    await this.#asking.until({ what: "rebuild", of: projection }, isDone, Infinity)
  }

  async waitFor(t: T, options: { projection?: string; timeoutMs?: number } = {}): Promise<void> {
    const { projection, timeoutMs = limits.waitForMsMax } = options
    const posts = projection === undefined ? this.#posts : [this.#post(projection)]
    const over = new Over()
    const cancel = this.#parts.clock.after(timeoutMs, () => over.end())
    try {
      await Promise.all(posts.map(post => this.#untilReached(post, t, over)))
      if (over.isOver) await this.#refuseBehind(t, posts)
    } finally {
      cancel()
      over.end()
    }
  }

  /** Does what other processes ask of what is fed here. */
  hear(held: readonly HeldLease[]): void {
    this.#asking.hear(held, ({ what, of }) => {
      const model = what === "rebuild" ? this.#posts.find(post => post.projection === of)?.model : undefined
      // Who asks looks for itself what has come of it.
      model?.rebuild().catch(() => undefined)
      return model !== undefined && model !== null
    })
  }

  async stop(): Promise<void> {
    this.#asking.stop()
    await this.#parts.leases.remove(this.#posts)
  }

  #post(projection: string): ProjectionPost {
    const post = this.#posts.find(p => p.projection === projection)
    if (post === undefined) throw new Refusal("not-found", `There is no projection ${projection}`, { projection })
    return post
  }

  /** The build that is read; null: none was begun yet. Where another process may have swapped, the store is asked. */
  async #live(post: ProjectionPost): Promise<StoredVersion | null> {
    const { model } = post
    if (model !== null && !this.#parts.leases.isShared) return model.stored
    const [live] = await post.progress()
    return live?.live === true ? live.version : null
  }

  /** Reads from the build that is read. What is empty may be one that was dropped just now: then another is read. */
  async #read<Rows>(
    post: ProjectionPost,
    read: (stored: StoredVersion) => Promise<Rows>,
    isEmpty: (rows: Rows) => boolean,
  ): Promise<Rows | null> {
    let stored = await this.#live(post)
    while (stored !== null) {
      const rows = await read(stored)
      const now = isEmpty(rows) ? await this.#live(post) : stored
      if (now === stored) return rows
      stored = now
    }
    return null
  }

  async #statusElsewhere(post: ProjectionPost): Promise<readonly ReadModelStatus[]> {
    const newest = await this.#parts.store.basis()
    return (await post.progress()).map(({ name, version, reached, live }) => {
      return { name, version: versionOf(version), t: reached, lag: Math.max(0, newest - reached), live, error: null }
    })
  }

  /** Waits where it is fed for word of it, else looks in the store now and then; whichever of the two it is meanwhile. */
  async #untilReached(post: ProjectionPost, t: T, over: Over): Promise<void> {
    while (!over.isOver) {
      const { model } = post
      if (model === null && (await this.#reached(post)) >= t) return
      if (this.#asking.isStopped) throw stopped(post)
      if (model === null) {
        await Promise.race([this.#asking.pause(limits.pollMs), over.promise])
        continue
      }
      const waiting = model.waitFor(t)
      try {
        return await Promise.race([waiting.reached, over.promise])
      } catch (error) {
        if (!this.#parts.leases.isShared || this.#asking.isStopped) throw error
      } finally {
        waiting.giveUp()
      }
    }
  }

  async #reached(post: ProjectionPost): Promise<T> {
    if (post.model !== null) return post.model.reached
    const [live] = await post.progress()
    return live?.live === true ? live.reached : 0
  }

  async #refuseBehind(t: T, posts: readonly ProjectionPost[]): Promise<void> {
    const all = await Promise.all(
      posts.map(async post => ({ name: post.projection, reached: await this.#reached(post) })),
    )
    const behind = all.filter(({ reached }) => reached < t)
    if (behind.length === 0) return
    const names = behind.map(({ name, reached }) => `${name} is at ${reached}`).join(", ")
    throw new Refusal("timeout", `${t} was not reached in time: ${names}`, { t, behind })
  }
}

/** That nobody waits any more. */
class Over {
  readonly #ended = Promise.withResolvers<void>()
  isOver = false

  get promise(): Promise<void> {
    return this.#ended.promise
  }

  end(): void {
    this.isOver = true
    this.#ended.resolve()
  }
}

function stopped({ projection }: ProjectionPost): Refusal {
  return new Refusal("unavailable", `The projection ${projection} has stopped`, { projection })
}

/**
 * Starts the projections of an app, or throws one Error that says everything that does not fit. One that the store
 * knows and the app has no more is forgotten: its rows followed from the log and can be made again.
 */
export async function startProjections(
  projections: readonly Projection[],
  parts: ProcessorParts,
  changed: () => void,
): Promise<Projections> {
  const byName = checked(projections, parts.schema)
  const progress = await parts.store.projections.progress()
  for (const name of new Set(progress.map(p => p.name))) if (!byName.has(name)) await forget(name, parts)
  const posts = [...byName.values()].map(versions => new ProjectionPost(versions, parts, changed))
  await parts.leases.add(posts)
  return new Projections(posts, parts)
}

/** Forgets a projection; not one that a process still feeds, whose app has it. */
async function forget(name: string, { leases, store, journal }: ProcessorParts): Promise<void> {
  const sign = await leases.hold(projectionConsumer(name))
  if (sign === null) return
  await store.projections.drop(name)
  await sign.release()
  journal.info("A projection that the app has no more was forgotten", { projection: name })
}

function checked(
  projections: readonly Projection[],
  schema: SchemaFacts,
): ReadonlyMap<string, ReadonlyMap<number, Projection>> {
  const problems: string[] = []
  const byName = new Map<string, Map<number, Projection>>()
  for (const projection of projections) {
    const { name, version, on } = projection
    const versions = byName.get(name) ?? new Map<number, Projection>()
    byName.set(name, versions)
    if (versions.has(version)) problems.push(`There are two projections ${name} of version ${version}`)
    if (!Number.isSafeInteger(version) || version < 1)
      problems.push(`The version of ${name} is ${version}, not 1, 2, 3 …`)
    versions.set(version, projection)
    for (const type of Object.keys(on)) {
      if (type !== everyEvent && !schema.events.has(type))
        problems.push(`The projection ${name} folds ${type}, which is no event`)
    }
  }
  if (problems.length > 0) throw new Error(`The projections do not fit together:\n- ${problems.join("\n- ")}`)
  return byName
}

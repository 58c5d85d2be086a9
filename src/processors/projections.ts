import type { Cancel } from "../kernel/clock.ts"
import type { Document } from "../kernel/entity.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { everyEvent, type Projection } from "../kernel/projection.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Committed } from "../ports/write.ts"
import type { ProcessorParts, SchemaFacts } from "./parts.ts"
import { openReadModel, type ReadModel, type ReadModelStatus } from "./read-model.ts"

/** All running projections of a daybook. */
export class Projections {
  readonly #models: readonly ReadModel[]
  readonly #parts: ProcessorParts

  constructor(models: readonly ReadModel[], parts: ProcessorParts) {
    this.#models = models
    this.#parts = parts
  }

  committed(report: Committed): void {
    for (const model of this.#models) model.committed(report)
  }

  rang(): void {
    for (const model of this.#models) model.rang()
  }

  get busy(): boolean {
    return this.#models.some(model => model.busy)
  }

  status(): readonly ReadModelStatus[] {
    return this.#models.flatMap(model => model.status())
  }

  async rows(projection: string, keys: readonly string[]): Promise<ReadonlyMap<string, Document>> {
    const { name, stored } = this.#model(projection)
    return this.#parts.store.projections.rows(name, stored, keys)
  }

  async list(
    projection: string,
    options: { after?: string; limit: number },
  ): Promise<readonly { key: string; row: Document }[]> {
    const { name, stored } = this.#model(projection)
    return this.#parts.store.projections.list(name, stored, options)
  }

  async rebuild(projection: string): Promise<void> {
    await this.#model(projection).rebuild()
  }

  async waitFor(t: T, options: { projection?: string; timeoutMs?: number } = {}): Promise<void> {
    const { projection, timeoutMs = limits.waitForMsMax } = options
    const models = projection === undefined ? this.#models : [this.#model(projection)]
    const waits = models.map(model => model.waitFor(t))
    let cancel: Cancel = () => {}
    const tooLate = new Promise<never>((_, reject) => {
      cancel = this.#parts.clock.after(timeoutMs, () => reject(notReached(t, models)))
    })
    try {
      await Promise.race([Promise.all(waits.map(({ reached }) => reached)), tooLate])
    } finally {
      cancel()
      for (const { giveUp } of waits) giveUp()
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#models.map(model => model.stop()))
  }

  #model(name: string): ReadModel {
    const model = this.#models.find(m => m.name === name)
    if (model === undefined) throw new Refusal("not-found", `There is no projection ${name}`, { projection: name })
    return model
  }
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
  for (const name of new Set(progress.map(p => p.name))) {
    if (byName.has(name)) continue
    await parts.store.projections.drop(name)
    parts.journal.info("A projection that the app has no more was forgotten", { projection: name })
  }
  const models: ReadModel[] = []
  for (const [name, versions] of byName) {
    const known = progress.filter(p => p.name === name)
    models.push(await openReadModel(versions, known, parts, changed))
  }
  return new Projections(models, parts)
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

function notReached(t: T, models: readonly ReadModel[]): Refusal {
  const behind = models.filter(model => model.reached < t).map(({ name, reached }) => ({ name, reached }))
  const names = behind.map(({ name, reached }) => `${name} is at ${reached}`).join(", ")
  return new Refusal("timeout", `${t} was not reached in time: ${names}`, { t, behind })
}

import type { Projection } from "../kernel/projection.ts"
import type { ProjectionProgress } from "../ports/projections.ts"
import { projectionConsumer } from "./build.ts"
import { Change } from "./change.ts"
import type { ProcessorParts } from "./parts.ts"
import { openReadModel, type ReadModel } from "./read-model.ts"
import { versionOf } from "./stored-version.ts"
import { tenantParts } from "./tenant-parts.ts"
import type { Tenant, Tenure } from "./tenure.ts"

/** A projection of the app, with all its versions, which is fed here while this process has its lease. */
export class ProjectionPost implements Tenant {
  readonly projection: string
  readonly #versions: ReadonlyMap<number, Projection>
  readonly #parts: ProcessorParts
  readonly #changed: () => void
  readonly #change: Change
  #model: ReadModel | null = null
  #tenure: Tenure | null = null

  constructor(versions: ReadonlyMap<number, Projection>, parts: ProcessorParts, changed: () => void) {
    this.projection = [...versions.values()][0]!.name
    this.#versions = versions
    this.#parts = parts
    this.#changed = changed
    this.#change = new Change(changed)
  }

  get name(): string {
    return projectionConsumer(this.projection)
  }

  /** What is fed here; null: it is fed by another process, or by none. */
  get model(): ReadModel | null {
    return this.#tenure?.isOurs() === true ? this.#model : null
  }

  get busy(): boolean {
    return this.#change.isUnderWay || this.#model?.busy === true
  }

  committed(report: Parameters<ReadModel["committed"]>[0]): void {
    this.#model?.committed(report)
  }

  /** All builds of it that the store knows, the one that is read first. */
  async progress(): Promise<readonly ProjectionProgress[]> {
    const all = await this.#parts.store.projections.progress()
    return all.filter(({ name }) => name === this.projection).toSorted((a, b) => Number(b.live) - Number(a.live))
  }

  /** While old and new programs run side by side, what a newer one has built is not built back by an older one. */
  async yields(): Promise<boolean> {
    const [live] = await this.progress()
    return live !== undefined && live.live && versionOf(live.version) > Math.max(...this.#versions.keys())
  }

  async begin(tenure: Tenure): Promise<void> {
    await this.#change.of(async () => {
      const parts = tenantParts(this.#parts, tenure)
      this.#model = await openReadModel(this.#versions, await this.progress(), parts, this.#changed)
      this.#tenure = tenure
    })
  }

  async end(): Promise<void> {
    await this.#change.of(async () => {
      const model = this.#model
      this.#model = null
      await model?.stop()
      this.#tenure = null
    })
  }
}

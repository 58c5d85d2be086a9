import type { Compiled } from "./compiled.ts"
import { Consumer, type Progress } from "./consumer.ts"
import { Change } from "./change.ts"
import type { ProcessorParts } from "./parts.ts"
import { tenantParts, type TenantParts } from "./tenant-parts.ts"
import type { Tenant, Tenure } from "./tenure.ts"

/** A processor of the app, which runs here while this process has its lease. */
export class Post implements Tenant {
  readonly #processor: Compiled
  readonly #parts: ProcessorParts
  readonly #changed: () => void
  readonly #change: Change
  #consumer: Consumer | null = null
  #tenure: Tenure | null = null

  constructor(processor: Compiled, parts: ProcessorParts, changed: () => void) {
    this.#processor = processor
    this.#parts = parts
    this.#changed = changed
    this.#change = new Change(changed)
  }

  get name(): string {
    return this.#processor.consumer
  }

  /** What runs here; null: it runs in another process, or in none. */
  get consumer(): Consumer | null {
    return this.#tenure?.isOurs() === true ? this.#consumer : null
  }

  get busy(): boolean {
    return this.#change.isUnderWay || this.#consumer?.busy === true
  }

  async begin(tenure: Tenure): Promise<void> {
    await this.#change.of(async () => {
      const parts = tenantParts(this.#parts, tenure)
      this.#consumer = new Consumer(this.#processor, parts, await progressOf(this.#processor, parts), this.#changed)
      this.#tenure = tenure
      this.#consumer.start()
    })
  }

  async end(): Promise<void> {
    await this.#change.of(async () => {
      await this.#consumer?.stop()
      this.#consumer = null
      this.#tenure = null
    })
  }
}

/** Where a processor goes on; one that is new begins where it says, and that is written down before anything happens. */
async function progressOf({ consumer, from }: Compiled, { store, write }: TenantParts): Promise<Progress> {
  const reached = await store.deliveries.reached(consumer)
  if (reached !== null) return { reached, rows: await store.deliveries.parked(consumer) }
  const first = from === "now" ? await store.basis() : 0
  await write({ kind: "deliveries", consumer, reached: first, parked: [], done: [] })
  return { reached: first, rows: [] }
}

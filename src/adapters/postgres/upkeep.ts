import type { Clock } from "../../kernel/clock.ts"
import { namedOnce } from "../../ports/leases.ts"
import type { StoreParts } from "./parts.ts"
import { sweep } from "./projections.ts"

/** What is tidied up beside the work. */
export type Upkeep = {
  /** There may be something to do: soon, and not now. */
  readonly call: () => void
  close(): Promise<void>
}

// A batch whose outcome is unknown is looked for at once; whoever still asks after a day is gone.
const batchesKept = "1 day"
// A process that slept for longer than this finds that it is another one, as it would after seconds.
const leasesKept = "1 day"
const atOnceMax = 10_000
const everyMs = 600_000

const oldBatches = `DELETE FROM @.batches WHERE id IN (
  SELECT id FROM @.batches WHERE made < now() - interval '${batchesKept}' ORDER BY made LIMIT ${atOnceMax}) RETURNING 1`

const isNamedOnce = Object.values(namedOnce)
  .map(prefix => `starts_with(name, '${prefix}')`)
  .join(" OR ")
const oldLeases = `DELETE FROM @.leases WHERE name IN (
  SELECT name FROM @.leases WHERE (${isNamedOnce}) AND until < now() - interval '${leasesKept}' LIMIT ${atOnceMax}) RETURNING 1`

/**
 * Tidies up now and then, and when it is called, unless the store may only be read. One statement after the other, none
 * of them long.
 */
export function upkeepOf({ connections, journal }: StoreParts, clock: Clock, mayWrite: boolean): Upkeep {
  let cancel = mayWrite ? clock.after(everyMs, work) : () => {}
  let under: Promise<void> | null = null
  let closed = false
  const isClosed = () => closed

  function work(): void {
    if (closed || under !== null) return
    cancel()
    under = tidy()
      .catch((error: unknown) => journal.warn("The database could not be tidied up, and will be later", { error }))
      .then(() => {
        under = null
        if (!closed) cancel = clock.after(everyMs, work)
      })
  }

  async function tidy(): Promise<void> {
    while ((await connections.lend(sweep)) && !isClosed());
    for (const old of [oldBatches, oldLeases]) {
      while ((await connections.read(old)).length === atOnceMax && !isClosed());
    }
  }

  return {
    call() {
      cancel()
      if (!closed) cancel = clock.after(0, work)
    },
    async close() {
      closed = true
      cancel()
      await under
    },
  }
}

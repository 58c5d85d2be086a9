import { describe, test } from "vitest"
import type { OpenStore, StoreCase } from "./store-case.ts"
import { archiveCases } from "./store-cases/archive.ts"
import { commandCases } from "./store-cases/commands.ts"
import { commitCases } from "./store-cases/commit.ts"
import { deliveryCases } from "./store-cases/deliveries.ts"
import { dropOutCases } from "./store-cases/drop-outs.ts"
import { entityCases } from "./store-cases/entities.ts"
import { factCases } from "./store-cases/facts.ts"
import { sinceCases } from "./store-cases/since.ts"
import { lookupCases } from "./store-cases/lookups.ts"
import { leaseCases } from "./store-cases/leases.ts"
import { logCases } from "./store-cases/log.ts"
import { maintenanceCases } from "./store-cases/maintenance.ts"
import { misuseCases } from "./store-cases/misuse.ts"
import { projectionCases } from "./store-cases/projections.ts"
import { randomCases } from "./store-cases/random.ts"
import { referenceCases } from "./store-cases/references.ts"
import { timerCases } from "./store-cases/timers.ts"
import { uniqueCases } from "./store-cases/unique.ts"

/** Every promise of `ports/store.ts` and its parts, as a list to run: nothing of a test runner is in it. */
export const storeCases: readonly StoreCase[] = [
  ...commitCases,
  ...dropOutCases,
  ...uniqueCases,
  ...referenceCases,
  ...logCases,
  ...entityCases,
  ...factCases,
  ...sinceCases,
  ...commandCases,
  ...archiveCases,
  ...deliveryCases,
  ...timerCases,
  ...projectionCases,
  ...leaseCases,
  ...maintenanceCases,
  ...lookupCases,
  ...misuseCases,
  ...randomCases,
]

/** The second half of the port: registers every case as a test of this adapter. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the promises of a store:`, () => {
    // A case brings its sentence, and throws by itself when it is not so.
    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title
    for (const { name: promise, run } of storeCases) test(promise, () => run(open))
  })
}

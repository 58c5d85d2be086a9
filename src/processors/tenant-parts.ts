import type { Maybe } from "../kernel/handler.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { ProjectionStore } from "../ports/projections.ts"
import type { ProcessorParts } from "./parts.ts"
import { lost, type Tenure } from "./tenure.ts"

/** What something that runs under a lease needs from the rest. */
export type TenantParts = ProcessorParts & { readonly tenure: Tenure }

/** The same parts, for what runs under a lease: what it writes is only kept while the lease is ours. */
export function tenantParts(parts: ProcessorParts, tenure: Tenure): TenantParts {
  const { store } = parts
  const fenced = async (change: () => Maybe<void>): Promise<void> => {
    if (!tenure.isOurs()) throw lost(tenure.fence.name)
    try {
      await change()
    } catch (error) {
      if (error instanceof Refusal && error.code === "conflict") tenure.lost()
      throw error
    }
  }
  const projections: ProjectionStore = {
    ...store.projections,
    begin: (name, version) => fenced(() => store.projections.begin(name, version, tenure.fence)),
    swap: (name, version) => fenced(() => store.projections.swap(name, version, tenure.fence)),
  }
  return {
    ...parts,
    store: { ...store, projections },
    tenure,
    async write(write) {
      // A transaction is guarded by the id of its command.
      if (write.kind === "transaction") return parts.write(write)
      if (!tenure.isOurs()) throw lost(tenure.fence.name)
      const outcome = await parts.write({ ...write, fence: tenure.fence })
      if (outcome.kind !== "conflict") return outcome
      tenure.lost()
      throw new Refusal("conflict", outcome.sentence, outcome.facts)
    },
  }
}

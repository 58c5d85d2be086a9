import type { Instance } from "../kernel/instance.ts"
import type { Job } from "./job.ts"
import type { DispatcherParts } from "./parts.ts"
import { askerOf } from "./waking.ts"

/**
 * Reads the instances of the lasting commands that something has come to, as far as they are not known, all in one
 * question. Returns nothing where that was done in this turn.
 */
export function readInstances(
  jobs: readonly Job[],
  { store, routes }: Pick<DispatcherParts, "store" | "routes">,
  { known }: { readonly known: (id: string) => Instance | null },
): Promise<void> | undefined {
  const waking = jobs.filter(job => job.form === "wake")
  if (waking.length === 0) return undefined
  // What was known when it was asked for may have taken a step since.
  for (const job of waking) job.instance = job.overtaken > 0 ? null : known(job.command.id)
  const unknown = waking.filter(job => job.instance === null)
  const keep = (found: readonly (Instance | null)[]) => {
    unknown.forEach((job, i) => (job.instance = found[i] ?? null))
    for (const job of waking) {
      if (job.instance === null) continue
      job.command = job.instance.command
      job.route = routes.commands.get(job.command.type) ?? null
      job.asker = askerOf(job.instance, job.asker.actor)
    }
  }
  const found = unknown.length === 0 ? [] : store.commands.find(unknown.map(({ command }) => command.id))
  if (found instanceof Promise) return found.then(keep)
  keep(found)
  return undefined
}

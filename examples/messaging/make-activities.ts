import type { OpOf, Request } from "daybook"
import { activityOps } from "./activities.ts"
import { created, processor, transact } from "./parts.ts"
import type { schema } from "./schema.ts"

const opsPerTransact = 500

/** The second step: a usage that was made comes to its activities, all of them pending. Nothing is sent yet. */
export const makeActivities = processor("make-activities", {
  on: created("TemplateUsage"),
  attemptsMax: 3,
  async pure({ event, entity, snapshot }) {
    if (entity === null) return
    // The template as it was when it was used, however late this runs.
    const template = await snapshot.entity(entity.template)
    if (template === null) return
    return transacts(activityOps(event.stream.id, entity, template.document))
  },
  produces: ["Transact"],
})

function transacts(ops: readonly OpOf<typeof schema>[]): readonly Request[] {
  const count = Math.ceil(ops.length / opsPerTransact)
  return Array.from({ length: count }, (_, i) => transact(ops.slice(i * opsPerTransact, (i + 1) * opsPerTransact)))
}

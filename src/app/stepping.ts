import type { Ids } from "../kernel/ids.ts"
import type { Stepping } from "../kernel/life.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type { Workflow } from "../kernel/workflow.ts"
import { steppingOf } from "../workflows/turn.ts"

/** What takes the steps of one workflow, outside of any running app. */
export function steppingAlone(workflow: Workflow, ids: Pick<Ids, "of">, snapshot: (t: number) => Snapshot): Stepping {
  return steppingOf(new Map([[workflow.type, workflow]]), { ids, snapshot })
}

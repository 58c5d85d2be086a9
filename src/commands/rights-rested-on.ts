import type { TransactionWrite } from "../ports/write.ts"
import type { Deciding } from "./deciding.ts"
import type { Judge } from "./judge.ts"
import type { Settled } from "./work.ts"
import type { Workspace } from "./workspace.ts"

/** On what the rights of a decision rest: entities at their versions, values that others had not, commands of the same batch. */
export type RightsRestedOn = {
  readonly reads: TransactionWrite["reads"]
  readonly commands: readonly string[]
  readonly sought?: NonNullable<TransactionWrite["sought"]>
}

/** What may do everything rests on nothing. */
export const noRights: RightsRestedOn = { reads: [], commands: [] }

/**
 * On what the rights rest that a decision was made with. Null: the decision must be made again, because another process
 * has changed something of it since, and nobody can say any more what it rests on.
 */
export function* rightsRestedOn(judge: Judge, settled: Settled, workspace: Workspace): Deciding<RightsRestedOn | null> {
  const { ids, sought, t } = yield* judge.restedOn()
  // Not as who asks may see them: as they are.
  yield { ask: () => workspace.load({ heads: ids }) }
  const heads = ids.map(id => workspace.head(id))
  // Rights were asked as of one t. A version that came after it was not judged, though it would pass at the commit.
  if (heads.some(head => head.t > t && head.t !== Infinity)) return null
  const own = new Set([...settled.heads, ...settled.reads].map(({ id }) => id))
  const reads = heads.filter(({ id }) => !own.has(id)).map(({ id, version }) => ({ id, version }))
  const commands = workspace.hasSaidRights() ? workspace.rightsMakers() : []
  return { reads, commands, ...(sought.length === 0 ? {} : { sought: { t, values: sought } }) }
}

import type { DatabaseSync } from "node:sqlite"
import { limits } from "../../kernel/limits.ts"
import { archivableOf, type Member } from "../../ports/archivable.ts"
import type { CommandStore } from "../../ports/commands.ts"
import { endStates } from "../sql/states.ts"
import { prepare } from "./driver.ts"

type LookedRow = [n: number, isRoot: number]
type MemberRow = [root: number, id: string, depth: number, isOld: number]

const isOld = `(c.state IN (${endStates.join()}) AND c.updated_at < ?1)`

/** Prepares the search for what may be archived. */
export function archivableReader(db: DatabaseSync): CommandStore["archivable"] {
  // The scan is by n: what lives on among what has ended long ago is passed over once in a run.
  const looked = prepare<LookedRow>(
    db,
    `SELECT c.n, ${isOld} AND (c.parent IS NULL OR NOT EXISTS (SELECT 1 FROM commands WHERE id = c.parent))
       FROM commands c WHERE c.n > ?2 ORDER BY c.n LIMIT ${limits.archivableLookedAtMax}`,
  )
  const members = prepare<MemberRow>(
    db,
    `WITH RECURSIVE tree(root, id, depth, is_old) AS (
       SELECT c.n, c.id, 0, ${isOld} FROM json_each(?2) j CROSS JOIN commands c ON c.n = j.value
       UNION ALL
       SELECT tree.root, c.id, tree.depth + 1, ${isOld} FROM tree CROSS JOIN commands c ON c.parent = tree.id
     ) SELECT root, id, depth, is_old FROM tree`,
  )
  return ({ before, after, limit }) => {
    const rows = looked.all(before, after)
    const roots = rows.filter(([, isRoot]) => isRoot === 1).map(([n]) => n)
    const byRoot = new Map<number, Member[]>(roots.map(root => [root, []]))
    for (const [root, id, depth, old] of members.all(before, JSON.stringify(roots))) {
      byRoot.get(root)!.push({ id, depth, isOld: old === 1 })
    }
    const trees = roots.map(root => ({ root, members: byRoot.get(root)! }))
    const isEnd = rows.length < limits.archivableLookedAtMax
    return archivableOf({ trees, reached: rows.at(-1)?.[0] ?? after, isEnd }, limit)
  }
}

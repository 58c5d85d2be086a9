import { limits } from "../../kernel/limits.ts"
import { archivableOf, type Member } from "../../ports/archivable.ts"
import type { CommandStore } from "../../ports/commands.ts"
import { endStates } from "../sql/states.ts"
import type { Ask } from "./driver.ts"
import { bigints } from "./wire.ts"

type LookedRow = [n: number, isRoot: boolean]
type MemberRow = [root: number, id: string, depth: number, isOld: boolean]

const isOld = `(c.state IN (${endStates.join()}) AND c.updated_at < $1)`

// The scan is by n: what lives on among what has ended long ago is passed over once in a run.
const looked = `SELECT c.n, ${isOld} AND (
    c.parent IS NULL OR NOT EXISTS (SELECT 1 FROM @.commands AS p WHERE p.id = c.parent)
  ) FROM @.commands AS c WHERE c.n > $2 ORDER BY c.n LIMIT ${limits.archivableLookedAtMax}`

// OFFSET 0 keeps the order: each level leads to the next one by the index.
const members = `WITH RECURSIVE tree(root, id, depth, is_old) AS (
    SELECT c.n, c.id, 0, ${isOld} FROM unnest($2::bigint[]) AS r(n)
      CROSS JOIN LATERAL (SELECT * FROM @.commands WHERE n = r.n OFFSET 0) AS c
    UNION ALL
    SELECT tree.root, c.id, tree.depth + 1, ${isOld} FROM tree
      CROSS JOIN LATERAL (SELECT * FROM @.commands WHERE parent = tree.id OFFSET 0) AS c
  ) SELECT root, id, depth, is_old FROM tree`

/** The search for what may be archived. */
export function archivableReader(read: Ask): CommandStore["archivable"] {
  return async ({ before, after, limit }) => {
    const rows = await read<LookedRow>(looked, [before, after])
    const roots = rows.filter(([, isRoot]) => isRoot).map(([n]) => n)
    const byRoot = new Map<number, Member[]>(roots.map(root => [root, []]))
    const found = roots.length === 0 ? [] : await read<MemberRow>(members, [before, bigints(roots)])
    for (const [root, id, depth, old] of found) byRoot.get(root)!.push({ id, depth, isOld: old })
    // Between the two questions a command may have gone: what is left of its tree is looked at another time.
    const trees = roots.map(root => ({ root, members: byRoot.get(root)! }))
    const isEnd = rows.length < limits.archivableLookedAtMax
    return archivableOf({ trees, reached: rows.at(-1)?.[0] ?? after, isEnd }, limit)
  }
}

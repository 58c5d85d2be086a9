import type { Instance } from "../../kernel/instance.ts"
import { archivedInstanceOf, instanceOf, type CommandRow } from "../sql/command-rows.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"

/** The instances that rows tell; behind each when it was archived, null: it was not. */
export async function instancesOf(ask: Ask, rows: readonly CommandRow[], names: Names): Promise<Instance[]> {
  await names.spell(ask, new Set(rows.flatMap(namesIn)))
  return rows.map(row => (row[21] == null ? instanceOf(row, names) : archivedInstanceOf(row, names)))
}

/** The keys of the names in a row. */
export function namesIn([, type, targetType, , , , owner]: CommandRow): readonly number[] {
  return targetType === null ? [type, owner] : [type, owner, targetType]
}

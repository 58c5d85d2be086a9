import type { DatabaseSync } from "node:sqlite"
import { Refusal } from "../../kernel/refusal.ts"
import type { Condition } from "../../ports/transfer.ts"
import { prepare } from "./driver.ts"

/** Under this name it stands among the checkpoints, as its place in the list of conditions. No consumer has such a name. */
export const conditionName = "daybook:condition"

const conditions: readonly Condition[] = ["open", "filling", "left"]

/** What may be done with a file. */
export type Conditions = {
  read(): Condition
  write(condition: Condition): void
  /** Refuses to write what was moved elsewhere. */
  check(): void
}

/** Knows what may be done with a file; its owner asks the file only once. */
export function conditionsOf(db: DatabaseSync, path: string): Conditions {
  const find = prepare<[number]>(db, `SELECT t FROM checkpoints WHERE consumer = '${conditionName}'`)
  const put = prepare(db, `INSERT OR REPLACE INTO checkpoints(consumer, t) VALUES('${conditionName}', ?)`)
  const read = () => conditions[find.get()?.[0] ?? 0] ?? "open"
  let known = read()
  return {
    read,
    write(condition) {
      put.run(conditions.indexOf(condition))
      known = condition
    },
    check() {
      if (known !== "left") return
      throw new Refusal("unavailable", `The daybook in ${path} was moved elsewhere: nothing is written here any more`, {
        path,
      })
    },
  }
}

import type { Condition } from "../../ports/transfer.ts"
import type { Connections } from "./connections.ts"
import type { Ask } from "./driver.ts"
import { conditionName } from "./write-log-function.ts"
import type { Locks } from "./locks.ts"

export { conditionName }

const conditions: readonly Condition[] = ["open", "filling", "left"]

/** What may be done with the daybook of a schema. */
export async function conditionOf(read: Ask): Promise<Condition> {
  const [row] = await read<[number]>("SELECT t FROM @.checkpoints WHERE consumer = $1", [conditionName])
  return conditions[row?.[0] ?? 0] ?? "open"
}

/** Says it for all processes. Whoever writes holds one of two locks: with both, nobody does. */
export async function say(condition: Condition, { lend }: Connections, locks: Locks): Promise<void> {
  await lend(async ({ ask, run }) => {
    await run("BEGIN")
    try {
      await ask("SELECT pg_advisory_xact_lock($1::bigint), pg_advisory_xact_lock($1::bigint # 1)", [locks.log])
      await ask(
        `INSERT INTO @.checkpoints(consumer, t) VALUES($1, $2) ON CONFLICT (consumer) DO UPDATE SET t = excluded.t`,
        [conditionName, conditions.indexOf(condition)],
      )
      await run("COMMIT")
    } catch (error) {
      await run("ROLLBACK").catch(() => {})
      throw error
    }
  })
}

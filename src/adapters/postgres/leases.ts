import type { LeaseStore } from "../../ports/leases.ts"
import type { Ask } from "./driver.ts"

// An interval of some milliseconds, by the one clock that all processes share.
const inMs = "clock_timestamp() + $3::bigint * interval '1 millisecond'"

/** Keeps leases, each as a row that one statement takes, holds on to or gives back. */
export function leaseStore(read: Ask): LeaseStore {
  return {
    isShared: true,
    async take(name, holder, ms) {
      const [row] = await read<[number]>(
        `INSERT INTO @.leases AS l (name, holder, until, epoch) VALUES($1, $2, ${inMs}, 1)
          ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, epoch = l.epoch + 1
          WHERE l.holder IS NULL OR l.holder = excluded.holder OR l.until <= clock_timestamp() RETURNING epoch`,
        [name, holder, ms],
      )
      return row === undefined ? null : { epoch: row[0] }
    },
    async renew(name, holder, epoch, ms) {
      const rows = await read(
        `UPDATE @.leases SET until = ${inMs} WHERE name = $1 AND holder = $2 AND epoch = $4 RETURNING 1`,
        [name, holder, ms, epoch],
      )
      return rows.length > 0
    },
    async release(name, holder, epoch) {
      await read("UPDATE @.leases SET holder = NULL WHERE name = $1 AND holder = $2 AND epoch = $3", [
        name,
        holder,
        epoch,
      ])
    },
    async held() {
      const rows = await read<[string, string, number]>(
        `SELECT name, holder, (extract(epoch FROM until - clock_timestamp()) * 1000)::bigint FROM @.leases
          WHERE holder IS NOT NULL AND until > clock_timestamp() ORDER BY name`,
      )
      return rows.map(([name, holder, msLeft]) => ({ name, holder, msLeft }))
    },
  }
}

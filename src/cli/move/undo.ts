import { Refusal } from "../../kernel/refusal.ts"
import type { MovableStore } from "../../ports/transfer.ts"
import { withoutPassword } from "../open-store.ts"
import { note } from "../print.ts"
import { openEnd } from "./ends.ts"

/** Takes a move back, as long as nothing was written at the target: the source may be served again, the target not. */
export async function undoMove({ from, to }: { from: string; to: string }): Promise<void> {
  const source = await openEnd(from, "own")
  try {
    const target = await openEnd(to, "own")
    try {
      await checkUnserved(target, to)
      // Whoever has just begun to write there is refused from here on: nothing comes after what is compared.
      await target.transfer.setCondition("left")
      await checkNothingNew(source, target)
      // In this order: at no moment may both be served.
      await target.transfer.setCondition("filling")
      await source.transfer.setCondition("open")
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
  note("The source may be served again; what lies at the target can be removed, or be moved to once more")
}

/** A file has one owner, which is this process by now; in a database, whoever serves a daybook has leases. */
async function checkUnserved({ leases }: MovableStore, to: string): Promise<void> {
  if (!leases.isShared || (await leases.held()).length === 0) return
  const place = withoutPassword(to)
  throw new Refusal("unavailable", `${place} is being served: end that first, then take the move back`, { place })
}

async function checkNothingNew(source: MovableStore, target: MovableStore): Promise<void> {
  const [here, there] = [await source.maintenance.chain(), await target.maintenance.chain()]
  if (there.t < here.t || (there.t === here.t && there.hash === here.hash)) return
  await target.transfer.setCondition("open")
  throw new Refusal(
    "conflict",
    `The target has gone on to t ${there.t}, where the source ends at ${here.t}: move it back to another place instead`,
    { here, there },
  )
}

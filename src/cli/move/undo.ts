import { Refusal } from "../../kernel/refusal.ts"
import { note } from "../print.ts"
import { openEnd } from "./ends.ts"

/** Takes a move back, as long as nothing was written at the target: the source may be served again, the target not. */
export async function undoMove({ from, to }: { from: string; to: string }): Promise<void> {
  const source = await openEnd(from, "own")
  try {
    const target = await openEnd(to, "own")
    try {
      const [here, there] = [await source.maintenance.chain(), await target.maintenance.chain()]
      if (there.t > here.t || (there.t === here.t && there.hash !== here.hash)) {
        throw new Refusal(
          "conflict",
          `The target has gone on to t ${there.t}, where the source ends at ${here.t}: move it back to another place instead`,
          { here, there },
        )
      }
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

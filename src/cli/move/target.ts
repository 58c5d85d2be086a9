import { Refusal } from "../../kernel/refusal.ts"
import type { MovableStore } from "../../ports/transfer.ts"
import { BadInput } from "../bad-input.ts"

/** Looks whether a source may be moved to a target, and marks the target. `done`: it was moved there already. */
export async function prepareTarget(source: MovableStore, target: MovableStore): Promise<"filling" | "done"> {
  const [here, there] = [await source.transfer.condition(), await target.transfer.condition()]
  if (here === "filling") {
    throw new Refusal("unavailable", "The source is being filled by another move, and is not whole yet", {})
  }
  if (there === "filling") return "filling"
  if (here === "left" && there === "open" && (await endsAlike(source, target))) return "done"
  if (there === "left" || !(await isEmpty(target))) {
    throw new BadInput("The target holds a daybook already: name an empty folder or database")
  }
  if (here === "left")
    throw new BadInput("The source was moved elsewhere already: move it from there, or take that back with --undo")
  await target.transfer.setCondition("filling")
  return "filling"
}

async function endsAlike(source: MovableStore, target: MovableStore): Promise<boolean> {
  const [here, there] = [await source.maintenance.chain(), await target.maintenance.chain()]
  return here.t === there.t && here.hash === there.hash
}

async function isEmpty({ transfer, maintenance }: MovableStore): Promise<boolean> {
  if ((await maintenance.schemas()).length > 0) return false
  return Object.values(await transfer.holdings()).every(held => held === 0)
}

import { setTimeout as pause } from "node:timers/promises"
import { Refusal } from "../kernel/refusal.ts"
import type { Holdings, MovableStore } from "../ports/transfer.ts"
import { BadInput } from "./bad-input.ts"
import { Copy } from "./move/copy.ts"
import { openEnd, takeSource } from "./move/ends.ts"
import { carryAside, carryLookups, checkSame, checkSound } from "./move/finish.ts"
import { prepareTarget } from "./move/target.ts"
import { undoMove } from "./move/undo.ts"
import { withoutPassword } from "./open-store.ts"
import { count, counting, note, say } from "./print.ts"
import { asked } from "./signals.ts"

/** What may be said of a move. */
export type MoveOptions = {
  readonly from: string
  readonly to: string
  readonly follow?: boolean
  readonly finish?: boolean
  readonly undo?: boolean
  readonly json?: boolean
}

type Move = MoveOptions & { readonly stop: AbortSignal }

const pauseMs = 250
const noteEveryMs = 5_000

/** Moves a whole daybook to another store, as it was recorded. Whatever interrupts it, the same words go on with it. */
export async function move(options: MoveOptions): Promise<void> {
  if (options.from === options.to) throw new BadInput("--from and --to name the same place")
  if (options.undo === true) return undoMove(options)
  const stop = new AbortController()
  void asked().then(() => stop.abort())
  const target = await openEnd(options.to, "own")
  try {
    const moved = await moveTo(target, { ...options, stop: stop.signal })
    if (moved !== null) return await tell(options, moved)
    note("Stopped as asked; the same command goes on from here")
    process.exitCode = 1
  } finally {
    await target.close()
  }
}

/** What was moved; null: it was stopped before the end. */
async function moveTo(target: MovableStore, move: Move): Promise<Holdings | null> {
  const source = await openEnd(move.from, "read")
  let copy: Copy
  try {
    if ((await prepareTarget(source, target)) === "done") {
      await source.close()
      return await target.transfer.holdings()
    }
    copy = await Copy.behind(source, target)
    if (isPatient(move)) {
      if (!(await copyAll(copy, source, move))) return null
      // While others still write: so that they need not wait for it later.
      await carryLookups(target)
      await checkSound(source, target)
    }
  } catch (error) {
    await source.close()
    throw error
  }
  const taken = await taking(copy, source, move)
  if (taken === null) return null
  try {
    return await finish(copy.from(taken), taken, target, move)
  } finally {
    await taken.close()
  }
}

function isPatient({ follow = false, finish = false }: Move): boolean {
  return follow || finish
}

/** Follows the source until nobody else writes it, and takes it then. Null: it was stopped before. */
async function taking(copy: Copy, source: MovableStore, move: Move): Promise<MovableStore | null> {
  try {
    for (let isTold = false; !move.stop.aborted; isTold = true) {
      if (isPatient(move) && !(await copyAll(copy, source, move))) return null
      const taken = await takeSource(move.from, move.finish !== true)
      if (taken !== null) return taken
      if (move.follow !== true) throw served(move.from)
      if (!isTold)
        note(`Everything is there up to t ${count(copy.reached)}: end whoever serves the source when it suits`)
      await pause(pauseMs, undefined, { signal: move.stop }).catch(() => {})
    }
    return null
  } finally {
    await source.close()
  }
}

function served(from: string): Refusal {
  const place = withoutPassword(from)
  const sentence = `${place} is being served: end that first, or copy meanwhile with --follow`
  return new Refusal("unavailable", sentence, { place })
}

/** False: it was stopped before everything was there. */
async function copyAll(copy: Copy, source: MovableStore, { stop }: Move): Promise<boolean> {
  const end = await source.basis()
  for (let noted = performance.now(); !stop.aborted;) {
    if (!(await copy.step())) return true
    if (performance.now() - noted < noteEveryMs) continue
    noted = performance.now()
    note(`t ${count(copy.reached)} of ${count(Math.max(end, copy.reached))}`)
  }
  return false
}

async function finish(copy: Copy, source: MovableStore, target: MovableStore, move: Move): Promise<Holdings | null> {
  if (!(await copyAll(copy, source, move))) return null
  await carryLookups(target)
  await carryAside(source, target)
  const holdings = await checkSame(source, target)
  if (!isPatient(move)) await checkSound(source, target)
  // In this order: at no moment may both be served.
  await source.transfer.setCondition("left")
  await target.transfer.setCondition("open")
  return holdings
}

async function tell({ from, to, json }: MoveOptions, holdings: Holdings): Promise<void> {
  const [source, target] = [withoutPassword(from), withoutPassword(to)]
  if (json === true) return say(JSON.stringify({ from: source, to: target, ...holdings }))
  const { transactions, events, commands } = holdings
  const all = [counting(transactions, "transaction"), counting(events, "event"), counting(commands, "command")]
  await say(`${all.join(", ")} moved and compared; ${target} may be served now, and ${source} is not served any more`)
}

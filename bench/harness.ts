import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** One measured figure. `floor` is the same rows inserted by hand in the same run; `peers` are others' figures. */
export type Figure = {
  readonly figure: string
  readonly value: number
  readonly unit: string
  readonly atLeast?: number
  readonly atMost?: number
  readonly floor?: number
  readonly peers?: Readonly<Record<string, number>>
  readonly note?: string
}

/** A group of figures that are measured together. */
export type Bench = { readonly name: string; readonly says: string; run(say: (figure: Figure) => void): Promise<void> }

const work = join(fileURLToPath(new URL(".", import.meta.url)), "work")

/** An empty folder for one bench; what an earlier run left is gone. */
export function emptyFolder(name: string): string {
  const path = join(work, name)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { recursive: true })
  return path
}

/** What callers in a closed loop got done: each asks again as soon as it is answered. */
export type Load = {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly count: number
}

/** Before this many are answered, a program is not as fast as it will be. */
const warmCount = 10_000

/**
 * Lets a number of callers ask, each one thing at a time, for some seconds, after a warm-up that is not counted: three
 * eighths of that time, and up to as long again until ten thousand are answered. What was written before lies on the disk
 * then, and is not waited for in what is measured.
 */
export async function closedLoop(
  callers: number,
  seconds: number,
  ask: (i: number) => Promise<unknown>,
): Promise<Load> {
  spawnSync("sync")
  const begun = performance.now()
  const [warmMin, warmMax] = [begun + seconds * 375, begun + seconds * 1_375]
  let until = Number.POSITIVE_INFINITY
  const taken: number[] = []
  let next = 0
  let from = 0
  const caller = async () => {
    for (let before = performance.now(); before < until;) {
      await ask(next++)
      const after = performance.now()
      if (until < Number.POSITIVE_INFINITY) taken.push(after - before)
      else if (after > warmMax || (after > warmMin && next >= warmCount)) {
        from = after
        until = after + seconds * 1_000
      }
      before = after
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const elapsed = (performance.now() - from) / 1_000
  taken.sort((a, b) => a - b)
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0
  return { perSecond: taken.length / elapsed, p50Ms: at(0.5), p99Ms: at(0.99), count: taken.length }
}

/** How long something takes, in the middle of many times, after two that are not counted; and what it came to at last. */
export async function median<Result>(ask: () => Promise<Result>): Promise<{ ms: number; last: Result }> {
  await ask()
  let last = await ask()
  const taken: number[] = []
  const until = performance.now() + 1_500
  while (taken.length < 5 || (performance.now() < until && taken.length < 5_000)) {
    const before = performance.now()
    last = await ask()
    taken.push(performance.now() - before)
  }
  taken.sort((a, b) => a - b)
  return { ms: taken[Math.floor(taken.length / 2)]!, last }
}

export function residentMb(pid: number | "self" = "self", status: (path: string) => string): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(status(`/proc/${pid}/status`))
  return Number(found?.[1] ?? 0) / 1_024
}

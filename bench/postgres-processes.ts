import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { benchApp } from "./app.ts"
import { add, openedOn } from "./opened.ts"

type Place = { readonly url: string; readonly schema: string; readonly seconds: number }

const script = fileURLToPath(new URL("postgres-process.ts", import.meta.url))

/** What a number of processes get done per second at the same time, each of them with so many callers. */
export async function together(count: number, place: Place & { callers: number }): Promise<readonly number[]> {
  // Who comes first makes the tables.
  await (await openedOn(benchApp, place)).close()
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const child = started({ ...place, task: "create", from: i * 1_000_000_000 })
      const [line] = (await once(linesOf(child), "line")) as [string]
      await ended(child)
      return Number(line)
    }),
  )
}

/** How long it takes at p99 from a commit that is answered here to a processor that is called in another process. */
export async function handOver(place: Place & { doorbell: boolean }): Promise<number> {
  const child = started({ ...place, task: "hear" })
  const lines = linesOf(child)
  await once(lines, "line")
  const daybook = await openedOn(benchApp, place)
  const committed = new Map<string, number>()
  const heard = new Map<string, number>()
  lines.on("line", (line: string) => {
    const [id = "", at] = line.split(" ")
    heard.set(id, Number(at))
  })
  const until = performance.now() + place.seconds * 1_000
  for (let i = 0; performance.now() < until; i++) {
    await add(daybook, "Plain", i)
    committed.set(`Plain-${i}`, now())
    await pause(5 + (i % 13))
  }
  for (let waits = 0; heard.size < committed.size && waits < 300; waits++) await pause(10)
  await daybook.close()
  await ended(child)
  if (heard.size < committed.size) return Number.NaN
  const taken = [...committed].map(([id, at]) => heard.get(id)! - at).toSorted((a, b) => a - b)
  return taken[Math.floor(taken.length * 0.99)] ?? Number.NaN
}

/** Milliseconds since 1970, with fractions, alike in all processes of a machine. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

function started(task: object): ChildProcess {
  return spawn(process.execPath, [script, JSON.stringify(task)], { stdio: ["pipe", "pipe", "inherit"] })
}

function linesOf(child: ChildProcess): ReturnType<typeof createInterface> {
  return createInterface({ input: child.stdout! })
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit")
  child.stdin!.end()
  if (child.exitCode === null) await exit
}

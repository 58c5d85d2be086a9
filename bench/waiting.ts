import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import type { Daybook } from "daybook"
import { emptyFolder, residentMb, type Figure } from "./harness.ts"
import { begun } from "./lasting.ts"
import { lastingApp } from "./lasting-app.ts"
import { opened } from "./opened.ts"
import { served, stopped } from "./served.ts"

const app = join(import.meta.dirname, "serve-lasting.ts")

// The time that a process has used is counted in hundredths of a second.
const hundredths = 100
const watchedSeconds = 5

const far = Date.UTC(2100, 0, 1)

/**
 * The folder of a daybook with so many commands that wait, each for an event of its own or a day that is far away. It is
 * kept from run to run: a million take minutes to make.
 */
async function waitingFolder(count: number): Promise<string> {
  const name = `waiting-${count}`
  const folder = join(import.meta.dirname, "work", name)
  if (existsSync(join(folder, "daybook.sqlite"))) {
    // One that another version has written, or that was not finished, is made anew.
    const daybook = await opened(lastingApp(), folder).catch(() => null)
    const basis = await daybook?.basis()
    await daybook?.close()
    if (basis === count) return folder
  }
  emptyFolder(name)
  const daybook = await opened(lastingApp(), folder)
  await fillWaiting(daybook, count)
  await daybook.close()
  return folder
}

async function fillWaiting(daybook: Daybook, count: number): Promise<void> {
  let next = 0
  const caller = async () => {
    for (let i = next++; i < count; i = next++) await begun(daybook, "Waiting", { key: `key-${i}`, due: far + i })
  }
  await Promise.all(Array.from({ length: 512 }, caller))
}

/** A server with so many that wait: how soon it is ready, what it holds, and what it does while nothing happens. */
export async function idleWithManyWaiting(count: number, say: (figure: Figure) => void): Promise<void> {
  const folder = await waitingFolder(count)
  const name = `${count.toLocaleString("en")} that wait`
  const before = performance.now()
  const server = await served(app, folder)
  const ready = (performance.now() - before) / 1_000
  say({ figure: `${name}: serve ready`, value: ready, unit: "s", atMost: 2 })
  await pause(2_000)
  const { pid } = server.process
  const mb = residentMb(pid, path => readFileSync(path, "utf8"))
  say({ figure: `${name}: memory when idle`, value: mb, unit: "MB", atMost: 300 })
  const [from, usedBefore] = [performance.now(), usedSeconds(pid)]
  await pause(watchedSeconds * 1_000)
  const share = (usedSeconds(pid) - usedBefore) / ((performance.now() - from) / 1_000)
  say({ figure: `${name}: processor used when idle`, value: share * 100, unit: "% of one", atMost: 1 })
  await stopped(server.process)
}

function usedSeconds(pid: number | undefined): number {
  // The name of the process may hold blanks: what is counted comes after it.
  const [, after = ""] = /\) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? []
  const fields = after.split(" ")
  return (Number(fields[11]) + Number(fields[12])) / hundredths
}

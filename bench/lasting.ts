import { setTimeout as pause } from "node:timers/promises"
import type { Daybook } from "daybook"

const system = { actor: "system" }

/** Asks for a lasting command, and resolves when it is at its end. */
export async function lasting(daybook: Daybook, type: string, data: Record<string, number | string>): Promise<void> {
  const id = await begun(daybook, type, data)
  const { state, error } = await daybook.ended(id)
  if (state !== "succeeded") throw new Error(`${type} ended as ${state}: ${JSON.stringify(error)}`)
}

/** Asks for a lasting command, and resolves to its id when it waits, or is at its end. */
export async function begun(daybook: Daybook, type: string, data: Record<string, number | string>): Promise<string> {
  const id = daybook.ids.next()
  await daybook.request({ id, type, target: null, data }, system)
  return id
}

/** So many of something, a hundred at a time: how many were done per second. */
export async function all(count: number, ask: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0
  const caller = async () => {
    while (next < count) await ask(next++)
  }
  const before = performance.now()
  await Promise.all(Array.from({ length: Math.min(100, count) }, caller))
  return count / ((performance.now() - before) / 1_000)
}

/** One after the other with a pause after each: how long each took, in ms. */
export async function each(count: number, ask: (i: number) => Promise<unknown>): Promise<readonly number[]> {
  const taken: number[] = []
  for (let i = 0; i < count; i++) {
    const before = performance.now()
    await ask(i)
    taken.push(performance.now() - before)
    await pause(5)
  }
  return taken
}

/**
 * How late, at p99, so many commands end that have a timer for the same instant: in ms. `told`: until this process is told
 * of it; else until it is committed, where to wait for each of them would be to ask the store again and again.
 */
export async function latenessAtOnce(daybook: Daybook, count: number, until: "told" | "committed"): Promise<number> {
  const due = Math.ceil((Date.now() + Math.max(2_000, count * 2)) / 1_000) * 1_000
  const ids: string[] = []
  await all(count, async () => ids.push(await begun(daybook, "Timed", { due })))
  if (Date.now() >= due) throw new Error("Setting the timers took longer than they were to run")
  if (until === "told") {
    return quantile(await Promise.all(ids.map(id => daybook.ended(id).then(() => Date.now() - due))), 0.99)
  }
  const late: number[] = []
  for (const id of ids) {
    await daybook.ended(id)
    late.push((await committedAt(daybook, id)) - due)
  }
  return quantile(late, 0.99)
}

/** How late a command ends whose timer is the only one, at p99: in ms. */
export async function latenessAlone(daybook: Daybook, count: number): Promise<number> {
  const late: number[] = []
  for (let i = 0; i < count; i++) {
    const due = Date.now() + 20 + (i % 17)
    await lasting(daybook, "Timed", { due })
    late.push(Date.now() - due)
    await pause(3)
  }
  return quantile(late, 0.99)
}

/** How long it is at p99 from the commit of a child's end to the commit of its parent's, in ms. */
export async function wakingLateness(daybook: Daybook, count: number): Promise<number> {
  const taken: number[] = []
  for (let i = 0; i < count; i++) {
    const id = await begun(daybook, "WithOutside", { i })
    await daybook.ended(id)
    const [child = ""] = await daybook.children(id)
    taken.push((await committedAt(daybook, id)) - (await committedAt(daybook, child)))
    await pause(3)
  }
  return quantile(taken, 0.99)
}

async function committedAt(daybook: Daybook, id: string): Promise<number> {
  const instance = await daybook.command(id)
  if (instance === null || !("updatedAt" in instance)) throw new Error(`There is no command ${id}`)
  return Date.parse(instance.updatedAt)
}

export function quantile(taken: readonly number[], share: number): number {
  const sorted = taken.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { expect } from "vitest"
import { folder, run, start, type Event } from "./world.ts"

/** A folder of files and daybooks. */
export function desk() {
  const dir = folder()
  const at = (name: string) => join(dir, name)
  const written = (name: string, text: string | Buffer) => {
    writeFileSync(at(name), text)
    return at(name)
  }
  return { at, written }
}

/** What `export` prints of a daybook. */
export async function exported(data: string, ...rest: string[]): Promise<string> {
  return (await run(["export", "--data", data, ...rest])).out
}

/** The events of an export. */
export function eventsIn(text: string): Event[] {
  return text
    .split("\n")
    .filter(line => line !== "")
    .map(line => JSON.parse(line) as Event)
}

/** The lines of a log of another program. */
export const rows = Array.from({ length: 12_000 }, (_, i) => ({
  case: `case ${i % 300}`,
  activity: ["open", 'check, "twice"', "clöse"][i % 3]!,
  time: new Date(Date.UTC(2020, 0, 1) + i * 60_000).toISOString(),
  amount: String(i),
}))

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

/** The same as CSV. */
export const csv = ["case,activity,time,amount", ...rows.map(row => Object.values(row).map(quoted).join(","))].join(
  "\n",
)

/** What lines there are, by what only they say: each is to be there once. */
export function amountsIn(text: string): number[] {
  return eventsIn(text)
    .map(e => Number((e.data as unknown as { attributes: { amount: string } }).attributes.amount))
    .toSorted((a, b) => a - b)
}

/** Imports a file of these rows, killed after so many milliseconds each time, and then to its end: each line is there once. */
export async function expectOnce(file: string, data: string, killedAfter: readonly number[]): Promise<void> {
  for (const ms of killedAfter) {
    const child = start(["import", file, "--data", data])
    await pause(ms)
    child.kill("SIGKILL")
    await once(child, "exit")
  }
  const { code, out, err } = await run(["import", file, "--data", data, "--json"])
  expect([code, err]).toEqual([0, expect.not.stringContaining("error")])
  expect(JSON.parse(out)).toMatchObject({ lines: rows.length })
  const log = await exported(data)
  expect(amountsIn(log)).toEqual(rows.map((_, i) => i))
  expect(eventsIn(log)[0]).toMatchObject({ stream: { type: "Case", id: "case 0" }, occurredAt: rows[0]!.time })
  const listed = (await run(["streams", "Case", "--json", "--data", data])).out.trim().split("\n")
  expect(listed).toHaveLength(300)
  expect((await run(["verify", "--data", data])).out).toContain("clean")
  const again = await run(["import", file, "--data", data, "--json"])
  expect(JSON.parse(again.out)).toMatchObject({ commands: 0, events: 0 })
  expect((await exported(data)) === log).toBe(true)
}

/** What is said of a file that cannot be imported. It is never told as a fault of ours. */
export async function saidOf(file: string, data: string): Promise<string> {
  const { code, out, err } = await run(["import", file, "--data", data])
  expect([code === 0, /at .*\.ts:\d+/.test(`${out}${err}`)]).toEqual([false, false])
  return err
}

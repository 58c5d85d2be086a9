import { setTimeout } from "node:timers/promises"
import { expect, test } from "vitest"
import { dataOf } from "../../bench/app.ts"
import { benchApp, newFolder, run, serve, type Served } from "./served.ts"

const rounds = 50
const callers = 32

test(`a server that is killed ${rounds} times under load loses nothing it has acknowledged, and does nothing twice [N9 A16 W22 TR4]`, async () => {
  const data = newFolder()
  const acknowledged = new Map<string, { t: number; entity: string }>()
  const asked = new Map<string, string>()
  let n = 0

  for (let round = 0; round < rounds; round++) {
    const server = await serve(benchApp, data)
    const load = Array.from({ length: callers }, () => caller(server, () => n++, asked, acknowledged))
    await setTimeout(150 + ((round * 37) % 400))
    await server.kill("SIGKILL")
    await Promise.all(load)
  }

  const events = run("export", "--data", data)
    .out.trim()
    .split("\n")
    .map(
      line =>
        JSON.parse(line) as {
          t: number
          n: number
          type: string
          causedBy: { id: string }
          stream: { id: string; version: number }
        },
    )
  const perCommand = new Map<string, (typeof events)[number][]>()
  for (const event of events) perCommand.set(event.causedBy.id, [...(perCommand.get(event.causedBy.id) ?? []), event])

  expect(acknowledged.size).toBeGreaterThan(rounds * 20)
  for (const [id, { t, entity }] of acknowledged) {
    expect(perCommand.get(id)?.map(e => [e.t, e.stream.id, e.stream.version])).toEqual([
      [t, entity, expect.any(Number)],
    ])
  }
  // What was asked and not acknowledged is there whole or not at all; nothing else is there.
  for (const [id, found] of perCommand) {
    expect(asked.has(id)).toBe(true)
    expect(found).toHaveLength(1)
  }
  expect(events.map(e => e.t)).toEqual(events.map((_, i) => i + 1))
  const verified = run("verify", "--app", benchApp, "--data", data)
  expect([verified.code, verified.out]).toEqual([0, expect.stringContaining("clean")])
}, 600_000)

async function caller(
  server: Served,
  next: () => number,
  asked: Map<string, string>,
  acknowledged: Map<string, { t: number; entity: string }>,
): Promise<void> {
  for (;;) {
    const i = next()
    const id = `command-${i}`
    // Every third command changes an entity that an earlier one may have made.
    const entity = `plain-${i % 3 === 2 ? i % 211 : i}`
    const command = { id, type: "AddPlain", target: { type: "Plain", id: entity }, data: dataOf(i) }
    asked.set(id, entity)
    try {
      const response = await fetch(`${server.url}/commands`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(command),
      })
      const answer = (await response.json()) as { state: string; t: number }
      if (response.status === 200 && answer.state === "succeeded") acknowledged.set(id, { t: answer.t, entity })
    } catch {
      return
    }
  }
}

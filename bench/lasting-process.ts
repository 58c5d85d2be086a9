// A process that is killed while it has much in hand, told what to do by one argument of JSON.

import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as pause } from "node:timers/promises"
import { openDaybook, sqliteStore, systemClock, systemIds } from "daybook"
import { all, begun } from "./lasting.ts"
import { lastingApp } from "./lasting-app.ts"

type Task = { readonly folder: string; readonly task: "hold" | "go on"; readonly count: number }

// What whoever starts it says is of this shape.
const { folder, task, count } = JSON.parse(process.argv[2] ?? "{}") as Task
const say = (said: object) => console.log(JSON.stringify({ at: performance.timeOrigin + performance.now(), ...said }))

const daybook = await openDaybook(lastingApp(task === "hold"), {
  store: sqliteStore({ path: join(folder, "daybook.sqlite") }),
  clock: systemClock(),
  ids: systemIds(),
})
say({ said: "open" })
await (task === "hold" ? hold() : goOn())

/** Begins so many, and has all of them in hand until it is killed. */
async function hold(): Promise<void> {
  const ids: string[] = []
  await all(count, async n => ids.push(await begun(daybook, "Held", { n })))
  for (const id of ids) {
    // What it waits for is in the hands of its handler.
    while ((await daybook.children(id)).length === 0) await pause(5)
  }
  say({ said: "held", ids })
  setInterval(() => {}, 60_000)
}

/** Takes up what is there: says when the first one has ended, and when all have. */
async function goOn(): Promise<void> {
  const [line] = (await once(createInterface({ input: process.stdin }), "line")) as [string]
  const ids = line.split(",")
  const ends = ids.map(id => daybook.ended(id))
  await Promise.any(ends)
  say({ said: "first" })
  const states = await Promise.all(ends)
  say({ said: "all", succeeded: states.filter(({ state }) => state === "succeeded").length })
  await daybook.close()
  process.stdin.destroy()
}

// One of several processes on a database, told what to do by one argument of JSON.

import { once } from "node:events"
import { benchApp, hearingApp } from "./app.ts"
import { closedLoop } from "./harness.ts"
import { add, openedOn } from "./opened.ts"
import { now } from "./postgres-processes.ts"

type Task = {
  readonly task: "create" | "hear"
  readonly url: string
  readonly schema: string
  readonly doorbell: boolean
  readonly seconds: number
  readonly callers: number
  /** The number of its first entity. */
  readonly from: number
}

// What whoever starts it says is of this shape.
const task = JSON.parse(process.argv[2] ?? "{}") as Task
await (task.task === "create" ? create() : hear())

/** Makes entities, and prints how many a second. */
async function create(): Promise<void> {
  const { callers, seconds, from } = task
  const daybook = await openedOn(benchApp, task)
  const load = await closedLoop(callers, seconds, i => add(daybook, "Plain", from + i))
  console.log(load.perSecond)
  await daybook.close()
}

/** Prints of which entity it hears, and when, until its input ends. */
async function hear(): Promise<void> {
  const app = hearingApp(id => console.log(`${id} ${now()}`))
  const daybook = await openedOn(app, task)
  console.log("ready")
  process.stdin.resume()
  await once(process.stdin, "end")
  await daybook.close()
}

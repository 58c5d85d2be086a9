import { join } from "node:path"
import { openDaybook, sqliteStore, systemClock, systemIds, type App, type Command, type Daybook } from "daybook"
import { postgresStore, type PostgresOptions } from "daybook/postgres"
import { dataOf } from "./app.ts"

const system = { actor: "system" }

/** An application opened on a schema of a database. */
export async function openedOn(
  app: App,
  place: Pick<PostgresOptions, "url" | "schema" | "doorbell">,
): Promise<Daybook> {
  const parts = { clock: systemClock(), ids: systemIds() }
  return openDaybook(app, { store: await postgresStore({ ...place, ...parts }), ...parts })
}

/** An application opened on a file of its own. */
export async function opened(app: App, folder: string, metrics?: Daybook["metrics"]): Promise<Daybook> {
  return openDaybook(app, {
    ...(metrics === undefined ? {} : { metrics }),
    store: sqliteStore({ path: join(folder, "daybook.sqlite") }),
    clock: systemClock(),
    ids: systemIds(),
  })
}

/** Asks for a command that makes the i-th entity of a type. */
export function add(daybook: Daybook, type: "Plain" | "Indexed", i: number): Promise<unknown> {
  return ask(daybook, `Add${type}`, { type, id: `${type}-${i}` }, dataOf(i))
}

/** Asks for a command that changes two attributes of the i-th entity. */
export function change(daybook: Daybook, type: "Plain" | "Indexed", i: number, to: number): Promise<unknown> {
  return ask(
    daybook,
    `Change${type}`,
    { type, id: `${type}-${i}` },
    { name: `Product ${to % 5_003} of the spring catalogue`, quantity: to % 1_000 },
  )
}

async function ask(daybook: Daybook, type: string, target: Command["target"], data: Command["data"]): Promise<unknown> {
  const outcome = await daybook.request({ id: daybook.ids.next(), type, target, data }, system)
  if (outcome.state !== "succeeded")
    throw new Error(`${type} ended as ${outcome.state}: ${JSON.stringify(outcome.error)}`)
  return outcome
}

/** Fills a daybook with entities, 512 commands at a time. */
export async function fill(daybook: Daybook, type: "Plain" | "Indexed", count: number, from = 0): Promise<void> {
  for (let at = from; at < from + count; at += 512) {
    await Promise.all(Array.from({ length: Math.min(512, from + count - at) }, (_, i) => add(daybook, type, at + i)))
  }
}

/** A number that looks random and is the same in each run. */
export function scattered(i: number, below: number): number {
  return (Math.imul(i + 1, 2_654_435_761) >>> 0) % below
}

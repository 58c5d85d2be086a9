import type pg from "pg"
import { waitMs } from "../../kernel/backoff.ts"
import type { Clock } from "../../kernel/clock.ts"
import type { Ids } from "../../kernel/ids.ts"
import type { Journal } from "../../ports/journal.ts"
import type { Connections } from "./connections.ts"

/** A connection that only listens. */
export type Listening = { close(): Promise<void> }

type Parts = {
  readonly connections: Connections
  readonly clock: Clock
  readonly ids: Ids
  readonly journal: Journal
}

// A notification to oneself takes a millisecond or two.
const provenWithinMs = 3_000

/**
 * Listens to a channel, on a connection of its own that is made anew when it breaks. Behind a pooler that hands each
 * statement to another connection nothing would ever be heard: so it first calls itself, and gives up, with one line in
 * the journal, if it does not hear that.
 */
export function listenFor(parts: Parts, channel: string, heard: (payload: string) => void): Listening {
  const { connections, clock, ids, journal } = parts
  let client: pg.Client | null = null
  let closed = false
  let cancel = () => {}

  async function connect(attempt: number): Promise<void> {
    if (closed) return
    const made = connections.single()
    client = made
    const broken = once(() => {
      if (closed || client !== made) return
      client = null
      cancel()
      cancel = clock.after(waitMs(attempt, ids.random()), () => void connect(attempt + 1))
    })
    made.on("error", broken)
    made.on("end", broken)
    try {
      await made.connect()
      await made.query(`LISTEN "${channel}"`)
      await prove(made)
    } catch {
      broken()
    }
  }

  async function prove(made: pg.Client): Promise<void> {
    const word = `prove ${ids.next()}`
    cancel = clock.after(provenWithinMs, () => {
      journal.info("Notifications do not come through to this process: it asks the database every second instead", {
        place: connections.place,
      })
      void close()
    })
    made.on("notification", ({ payload = "" }) => {
      if (payload === word) cancel()
      else if (!payload.startsWith("prove ")) heard(payload)
    })
    await connections.lend(async ({ ask }) => ask("SELECT pg_notify($1, $2)", [channel, word]))
  }

  async function close(): Promise<void> {
    closed = true
    cancel()
    const open = client
    client = null
    await open?.end().catch(() => {})
  }

  void connect(1)
  return { close }
}

function once(work: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}

import type { ServerResponse } from "node:http"
import type { Daybook } from "../daybook.ts"
import type { Clock } from "../kernel/clock.ts"
import type { T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { eventJson } from "../protocol/event.ts"
import { bounds } from "./bounds.ts"

/** The last event that a reader has: (t, n), with n without end for all of that t. */
export type Position = { readonly t: T; readonly n: number }

/** Who reads a feed: what types of events, with whose eyes, until when. */
export type Reader = {
  readonly types: readonly string[] | undefined
  readonly as: string
  readonly signal: AbortSignal
}

/** What `Last-Event-ID` says: `T.N`, or `T` for all of that t. Null: there is none. */
export function resumedAfter(header: string | string[] | undefined): Position | null {
  if (header === undefined || header === "") return null
  const [, t, n] = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(String(header)) ?? []
  if (t !== undefined) return { t: Number(t), n: n === undefined ? Infinity : Number(n) }
  const message = "Last-Event-ID is the id of an event of this feed, T.N"
  throw new Refusal("malformed", message, {}, [{ path: "/Last-Event-ID", code: "position", message }])
}

/**
 * Writes every event after a position to a reader, and each new one as it comes, until the signal says stop. It goes at
 * the reader's pace: what is not yet taken is not yet read from the log, so at most one page of it waits in memory.
 */
export async function feed(
  daybook: Daybook,
  raw: ServerResponse,
  from: Position,
  { types, as, signal }: Reader,
): Promise<void> {
  // Of the transaction of the last event there may be more: it is read again, and what the reader has is left out.
  const whole = from.n === Infinity
  const pages = daybook.follow(whole ? from.t : Math.max(0, from.t - 1), {
    signal,
    as,
    ...(types === undefined ? {} : { types }),
  })
  for await (const page of pages) {
    let text = ""
    for (const { event } of page) {
      if (event.t < from.t || (event.t === from.t && event.n <= from.n)) continue
      text += `id: ${event.t}.${event.n}\nevent: ${event.type}\ndata: ${JSON.stringify(eventJson(event))}\n\n`
      if (text.length < bounds.feedChunkChars) continue
      if (!(await taken(raw, text, daybook.clock, signal))) return
      text = ""
    }
    if (text !== "" && !(await taken(raw, text, daybook.clock, signal))) return
  }
}

/** Writes, and resolves when there is room for more: true; or when this reader has gone, or is too slow: false. */
function taken(raw: ServerResponse, text: string, clock: Clock, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  if (raw.write(text)) return Promise.resolve(true)
  return new Promise(resolve => {
    const settle = (goesOn: boolean) => {
      cancel()
      raw.off("drain", room)
      signal.removeEventListener("abort", gone)
      resolve(goesOn)
    }
    const room = () => settle(true)
    const gone = () => settle(false)
    const cancel = clock.after(bounds.feedSlowMsMax, gone)
    raw.once("drain", room)
    signal.addEventListener("abort", gone)
  })
}

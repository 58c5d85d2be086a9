import type { IncomingMessage } from "node:http"
import type { Clock } from "../kernel/clock.ts"
import { bounds } from "./bounds.ts"

/** Whether there is more of a request's body than was read. */
export function hasRemainder(request: IncomingMessage): boolean {
  if (request.complete || request.destroyed) return false
  const { "content-length": length, "transfer-encoding": encoding } = request.headers
  return encoding !== undefined || (length !== undefined && length !== "0")
}

/**
 * Reads what is left of a body and drops it, within bounds. Resolves when that is over. Where an answer ends the
 * connection, a client that is still writing finds it broken and never reads why; so it is let finish first.
 */
export function dropped(request: IncomingMessage, clock: Clock): Promise<void> {
  return new Promise(resolve => {
    let bytes = 0
    const stop = () => {
      cancel()
      request.off("data", count).off("end", stop).off("close", stop)
      // Without a listener, what still comes is dropped as it comes.
      request.resume()
      resolve()
    }
    const count = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > bounds.droppedBytesMax) stop()
    }
    const cancel = clock.after(bounds.droppedMsMax, stop)
    request.on("data", count).on("end", stop).on("close", stop)
    request.resume()
  })
}

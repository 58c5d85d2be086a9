import type { IncomingMessage, ServerResponse } from "node:http"
import type { Cancel, Clock } from "../kernel/clock.ts"
import { bounds } from "./bounds.ts"
import { answerBroken } from "./broken.ts"
import { hasRemainder } from "./remainder.ts"

/**
 * Gives up a request whose body has not come in time: it is told so, where nothing was answered yet, and its connection
 * ends. Whoever takes longer by right takes it back.
 */
export function giveUpLate(request: IncomingMessage, answer: ServerResponse, clock: Clock): Cancel {
  if (!hasRemainder(request)) return () => {}
  const cancel = clock.after(bounds.requestMsMax, () => {
    if (request.complete) return
    answerBroken({ code: "ERR_HTTP_REQUEST_TIMEOUT" }, request.socket, answer.headersSent, clock)
  })
  request.once("close", cancel)
  return cancel
}

import { STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Clock } from "../kernel/clock.ts"
import { problem, type Problem } from "../protocol/problem.ts"
import { bounds } from "./bounds.ts"

/** Answers what is not even a request: there is no route then and no reply, only a socket. */
export function answerBroken(
  error: Pick<NodeJS.ErrnoException, "code">,
  socket: Socket,
  isAnswering: boolean,
  clock: Clock,
): void {
  // While an answer is on its way, one more would be read as a part of it.
  if (error.code === "ECONNRESET" || isAnswering || !socket.writable) {
    socket.destroy()
    return
  }
  endWith(problemOfParser(error.code ?? ""), socket, clock)
}

/** Answers who takes the server for a proxy: no route is asked, and there is no reply. */
export function answerConnect(socket: Duplex, clock: Clock): void {
  endWith(problem("method-not-allowed", "This is no proxy: nothing is reached through it"), socket, clock)
}

function endWith(said: Problem, socket: Duplex, clock: Clock): void {
  const body = JSON.stringify(said)
  socket.end(
    `HTTP/1.1 ${said.status} ${STATUS_CODES[said.status]}\r\n` +
      `content-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  )
  // It ended our side alone, so that a client that is still writing can read it; theirs may never end by itself.
  socket.once(
    "close",
    clock.after(bounds.droppedMsMax, () => socket.destroy()),
  )
}

function problemOfParser(code: string): Problem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { ...problem("too-large", "The headers are too large"), status: 431 }
    case "HPE_INVALID_EOF_STATE":
      return problem("malformed", "The request ends before it is whole")
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { ...problem("timeout", "The request did not come in time"), status: 408 }
    default:
      return problem("malformed", "This is not an HTTP request")
  }
}

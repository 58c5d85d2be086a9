import { STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import { problem, type Problem } from "../protocol/problem.ts"

/** Answers what is not even a request: there is no route then and no reply, only a socket. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Socket, isAnswering: boolean): void {
  // While an answer is on its way, one more would be read as a part of it.
  if (error.code === "ECONNRESET" || isAnswering || !socket.writable) {
    socket.destroy()
    return
  }
  const said = problemOfParser(error.code ?? "")
  const body = JSON.stringify(said)
  socket.end(
    `HTTP/1.1 ${said.status} ${STATUS_CODES[said.status]}\r\n` +
      `content-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  )
}

function problemOfParser(code: string): Problem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { ...problem("too-large", "The headers are too large"), status: 431 }
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { ...problem("timeout", "The request did not come in time"), status: 408 }
    default:
      return problem("malformed", "This is not an HTTP request")
  }
}

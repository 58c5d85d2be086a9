import { connect, type Socket } from "node:net"

/** An answer as it came over the wire. */
export type RawAnswer = { readonly status: number; readonly head: string; readonly body: string }

/** Sends bytes as they are and resolves to every answer that comes back until the other side ends. */
export function exchange(
  url: string,
  sent: string | Buffer,
  whenOpen?: (socket: Socket) => void,
): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url)
  return new Promise(resolve => {
    const socket = connect({ host: hostname, port: Number(port) })
    let text = ""
    socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk))
    // What was answered before a connection broke is what was answered.
    socket.on("error", () => {})
    socket.on("close", () => resolve(answersIn(text)))
    socket.write(sent)
    whenOpen?.(socket)
  })
}

/** A request as bytes. What is posted is JSON, unless a header says otherwise. */
export function request(
  start: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | Buffer = "",
): Buffer {
  const bytes = Buffer.from(body)
  const posted = start.startsWith("POST")
    ? { "content-type": "application/json", "content-length": `${bytes.length}` }
    : {}
  const all: Record<string, string> = { host: "localhost", ...posted, connection: "close", ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${start} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"), bytes])
}

function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  for (let rest = text; rest.startsWith("HTTP/1.1 ");) {
    const end = rest.indexOf("\r\n\r\n") + 4
    const head = rest.slice(0, end)
    const isInterim = head.startsWith("HTTP/1.1 1")
    const length = isInterim ? 0 : Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? rest.length)
    answers.push({ status: Number(head.slice(9, 12)), head: head.toLowerCase(), body: rest.slice(end, end + length) })
    rest = rest.slice(end + length)
  }
  return answers
}

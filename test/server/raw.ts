import { connect, type Socket } from "node:net"

/** An answer as it came over the wire. */
export type RawAnswer = { readonly status: number; readonly head: string; readonly body: string }

/** Sends bytes as they are, and resolves to all that comes back until the other side ends. */
export function exchange(
  url: string,
  sent: string | Buffer,
  { half = false }: { half?: boolean } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connectTo(url)
    let text = ""
    socket.setEncoding("utf8")
    socket.on("data", (chunk: string) => (text += chunk))
    socket.on("error", reject)
    socket.on("close", () => {
      const [head = "", ...body] = text.split("\r\n\r\n")
      resolve({ status: Number(head.slice(9, 12)), head: head.toLowerCase(), body: body.join("\r\n\r\n") })
    })
    if (half) socket.end(sent)
    else socket.write(sent)
  })
}

/** A bare connection to a server. */
export function connectTo(url: string, { allowHalfOpen = false }: { allowHalfOpen?: boolean } = {}): Socket {
  const { hostname, port } = new URL(url)
  return connect({ host: hostname, port: Number(port), allowHalfOpen })
}

/** The text of a request that ends its connection. */
export function request(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): string {
  const lines = Object.entries({ host: "localhost", connection: "close", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`
}

import { connect } from "node:net"

/** One keep-alive connection that sends a request at a time: as little client as can be, so that the server is measured. */
export function httpConnection(port: number): { post(path: string, body: string): Promise<number>; close(): void } {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true })
  let answered: ((status: number) => void) | null = null
  let failed: ((error: Error) => void) | null = null
  let received = ""
  socket.setEncoding("latin1")
  socket.on("data", (chunk: string) => {
    received += chunk
    const head = received.indexOf("\r\n\r\n")
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
    if (received.length < head + 4 + length) return
    const status = Number(received.slice(9, 12))
    received = received.slice(head + 4 + length)
    answered?.(status)
  })
  socket.on("error", error => failed?.(error))
  const post = (path: string, body: string) =>
    new Promise<number>((resolve, reject) => {
      answered = resolve
      failed = reject
      const head = `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
      socket.write(head + body)
    })
  return { post, close: () => socket.destroy() }
}

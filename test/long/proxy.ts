import { createServer, connect, type Socket } from "node:net"

/** Stands between programs and a server, and cuts their connections. */
export type Proxy = {
  readonly port: number
  /** How many connections it has cut so far. */
  cuts(): number
  close(): Promise<void>
}

/**
 * Passes everything on, but now and then: of so many answers of the server one is kept back, and the connection is cut
 * in both directions. What was asked is done then, or not, and nobody is told.
 */
export async function cuttingProxy(port: number, oneIn: number): Promise<Proxy> {
  let count = 0
  let passed = 0
  const open = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(port, "127.0.0.1")
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on("error", cut)
      socket.on("close", () => {
        open.delete(socket)
        cut()
      })
    }
    client.on("data", (chunk: Buffer) => {
      // Half a question is as good as none; the other half of the cuts comes after a whole one.
      if (++passed % (2 * oneIn) === 0) {
        count++
        upstream.write(chunk.subarray(0, chunk.length / 2), cut)
      } else upstream.write(chunk)
    })
    upstream.on("data", (chunk: Buffer) => {
      if (++passed % oneIn === 0) {
        count++
        cut()
      } else client.write(chunk)
    })
  })
  await new Promise<void>(resolve => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("The proxy has no port")
  return {
    port: address.port,
    cuts: () => count,
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise<void>(resolve => {
        server.close(() => resolve())
      })
    },
  }
}

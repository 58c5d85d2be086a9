import { createServer, connect, type Socket } from "node:net"

/** What happens to a commit on its way. */
export type Cut =
  /** It goes through. */
  | "none"
  /** The connection ends before the server has got it. */
  | "before"
  /** The connection ends when the server has it, and is still at it. */
  | "during"
  /** The connection ends when the server has answered, and nobody has heard that. */
  | "after"

/** A way to a server that breaks when it is told to. */
export type Proxy = {
  readonly port: number
  /** What happens to the next thing that is said with the mark in it; after that, nothing happens any more. */
  cut: Cut
  close(): Promise<void>
}

/** Opens a way to a port. What matters is said with `mark` in it. */
export async function proxyTo(port: number, mark: string): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(port, "127.0.0.1")
    let isDeaf = false
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on("error", end)
      socket.on("close", () => {
        sockets.delete(socket)
        end()
      })
    }
    client.on("data", chunk => {
      const cut = chunk.includes(mark) ? proxy.cut : "none"
      if (cut !== "none") proxy.cut = "none"
      if (cut === "before") return end()
      if (cut === "after") isDeaf = true
      upstream.write(chunk, () => {
        if (cut === "during") end()
      })
    })
    upstream.on("data", chunk => {
      if (isDeaf) end()
      else client.write(chunk)
    })
  })
  server.listen(0, "127.0.0.1")
  await new Promise(resolve => {
    server.once("listening", resolve)
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("There is no free port")
  const proxy: Proxy = {
    port: address.port,
    cut: "none",
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
  return proxy
}

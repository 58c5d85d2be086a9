import { spawn, type ChildProcess } from "node:child_process"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../bin/daybook", import.meta.url))

/** An application served by a process of its own, when it is ready. */
export async function served(app: string, folder: string): Promise<{ process: ChildProcess; port: number }> {
  const server = spawn(bin, ["serve", app, "--data", folder, "--port", "0", "--dev"], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const port = await new Promise<number>((resolve, reject) => {
    let said = ""
    server.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      const found = /listening on http:\/\/[^:]+:(\d+)/.exec(said)
      if (found !== null) resolve(Number(found[1]))
    })
    server.on("exit", code => reject(new Error(`The server ended with ${code} before it was ready: ${said}`)))
  })
  return { process: server, port }
}

/** Stops it, and resolves when it is gone. */
export function stopped(server: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    server.on("exit", () => resolve())
    server.kill("SIGTERM")
  })
}

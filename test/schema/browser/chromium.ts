import { spawn } from "node:child_process"
import { once } from "node:events"
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { json } from "node:stream/consumers"
import type { Said } from "./recorder.ts"

/** Where Chromium is; null: it is not here. */
export const chromium = found("chromium") ?? found("chromium-browser") ?? found("google-chrome")

function found(name: string): string | null {
  const places = (process.env["PATH"] ?? "").split(delimiter).map(folder => join(folder, name))
  return places.find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const page = `<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>`
const script = `
const answer = async () => (await import("/tests.js")).recorded()
const body = await answer().then(said => ({ said }), error => ({ error: String(error) }))
await fetch("/said", { method: "POST", body: JSON.stringify(body) })`

/** What a bundle records on a page that is served with this content security policy. */
export async function recordedInChromium(program: string, bundle: string, policy: string): Promise<readonly Said[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Said[]>()
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    "/": ["text/html", page],
    "/page.js": ["text/javascript", script],
    "/tests.js": ["text/javascript", bundle],
  }
  const server = createServer((request, response) => {
    if (request.method === "POST")
      json(request).then(body => {
        // What the script of the page sends.
        const { said, error } = body as { said?: readonly Said[]; error?: string }
        if (said === undefined) reject(new Error(error))
        else resolve(said)
      }, reject)
    const [type, body] = files[request.url ?? ""] ?? ["text/plain", ""]
    response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "content-security-policy": policy }).end(body)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const home = mkdtempSync(join(tmpdir(), "chromium-"))
  const { port } = server.address() as AddressInfo
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${home}`]
  const browser = spawn(program, [...flags, `http://127.0.0.1:${port}/`], { stdio: "ignore" })
  const ended = once(browser, "exit").then(() => reject(new Error("Chromium ended before it had said anything")))
  try {
    return await promise
  } finally {
    browser.kill()
    await ended
    server.closeAllConnections()
    server.close()
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

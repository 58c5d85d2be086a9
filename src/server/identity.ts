import { isUtf8 } from "node:buffer"
import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import { isId } from "../kernel/ids.ts"
import { Refusal } from "../kernel/refusal.ts"

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i

/** Whether a host to listen on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return loopback.test(host)
}

// What a proxy adds: whoever asks sits elsewhere.
const forwarding = ["forwarded", "x-forwarded-for", "x-real-ip", "via"] as const

/**
 * Whether a route is answered whoever asks: whether the process lives and can serve, to anybody; what it has counted, to
 * whoever asks on this machine itself, and under a name of this machine.
 */
export function isOpen(route: string, { headers, socket }: Pick<IncomingMessage, "headers" | "socket">): boolean {
  if (route === "/health" || route === "/ready") return true
  if (route !== "/metrics" || isForeign(headers.host ?? "")) return false
  const from = (socket.remoteAddress ?? "").replace(/^::ffff:/, "")
  return isLoopback(from) && forwarding.every(name => headers[name] === undefined)
}

/** Who asks: in dev whom the header names, `system` if none. Otherwise nobody yet. */
export function actorOf(headers: IncomingHttpHeaders, dev: boolean): string {
  const as = headers["daybook-as"]
  if (!dev) {
    const sentence = as === undefined ? "Nobody says who asks" : "Daybook-As is believed only by a server in dev"
    throw new Refusal("unauthenticated", sentence)
  }
  if (isForeign(headers.host ?? "")) {
    throw new Refusal("forbidden", "A server in dev answers only to names of its own machine", {
      host: headers.host ?? null,
    })
  }
  if (as === undefined) return "system"
  const actor = headerText(as)
  if (actor !== null && isId(actor)) return actor
  const message = "Daybook-As is an entity's id, anonymous or system"
  throw new Refusal("malformed", message, {}, [{ path: "/Daybook-As", code: "id", message }])
}

/**
 * Whether a name is one of the public net. In dev whoever asks may do everything, and a page from elsewhere can have its
 * name lead a browser to this machine: all that gives it away is that it still calls it by that name.
 */
function isForeign(host: string): boolean {
  const name = host.replace(/:\d+$/, "")
  return name.includes(".") && !/^[\d.]+$/.test(name) && !/\.localhost$/i.test(name)
}

/** What a header says, in UTF-8; null: it says nothing, or in another encoding. */
export function headerText(value: string | string[] | undefined): string | null {
  if (typeof value !== "string" || value === "") return null
  const bytes = Buffer.from(value, "latin1")
  return isUtf8(bytes) ? bytes.toString("utf8") : null
}

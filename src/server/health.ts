import { Refusal } from "../kernel/refusal.ts"
import type { Context, Route } from "./context.ts"
import { sendJson } from "./reply.ts"

/** What whoever runs this process asks of it. */
export function healthRoutes({ daybook, options, isDraining }: Context): readonly Route[] {
  return [
    { method: "GET", path: "/health", answer: (_request, reply) => sendJson(reply, 200, { status: "alive" }) },
    {
      method: "GET",
      path: "/ready",
      async answer(_request, reply) {
        if (isDraining()) throw new Refusal("unavailable", "The server is stopping")
        // Answers only where the store does; throws unavailable else.
        const basisT = await daybook.basis()
        return sendJson(reply, 200, { status: "ready", basisT })
      },
    },
    {
      method: "GET",
      path: "/metrics",
      async answer(_request, reply) {
        // What is counted is told even while the store is not there.
        const basis = await daybook.basis().catch(() => null)
        if (basis !== null) daybook.metrics.gauge("basis_t", basis)
        const { type, text } = (await options.metrics?.()) ?? {
          type: "text/plain; version=0.0.4; charset=utf-8",
          text: "",
        }
        return reply.code(200).header("content-type", type).send(text)
      },
    },
  ]
}

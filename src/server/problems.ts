import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import type { Daybook } from "../daybook.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { problem, problemOf, type Problem, type ProblemCode } from "../protocol/problem.ts"
import type { Route } from "./context.ts"
import { dropped, hasRemainder } from "./remainder.ts"
import { sendProblem } from "./reply.ts"

type Place = { readonly method: string; readonly route: string }

/** Answers everything that is thrown on the way of a request with a problem. */
export function answerErrors(app: FastifyInstance, daybook: Daybook): void {
  app.setErrorHandler(async (error, request, reply) => {
    const place = { method: request.method, route: request.routeOptions.url ?? "none" }
    const said = problemFor(error, daybook, place)
    if (hasRemainder(request.raw)) await dropped(request.raw, daybook.clock)
    // The library would end the connection after a body it did not like. It was read to its end, so that need not be.
    reply.removeHeader("connection")
    return sendProblem(reply, said)
  })
}

/** What is said of an error; where it is one of ours, the journal gets a line about it. */
export function problemFor(error: unknown, daybook: Daybook, place: Place): Problem {
  const said = error instanceof Refusal ? problemOf(error) : ofLibrary(error)
  if (said !== null && said.status < 500) return said
  if (said !== null) {
    daybook.journal.warn("A request was not done", { ...place, code: said.code, sentence: said.detail })
    return said
  }
  const incident = daybook.ids.next()
  daybook.journal.error("A request failed", { ...place, incident, error })
  return problem("internal", "Something went wrong here. The journal says more under this incident.", { incident })
}

const ofCode: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["too-large", `A body has at most ${limits.bodyBytesMax} bytes`],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported-media", "A body is read only as application/json"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["malformed", "The body is not as long as Content-Length says"],
  FST_ERR_BAD_URL: ["malformed", "The URL is escaped in a way that cannot be read"],
  FST_ERR_MAX_PARAM_LENGTH: ["too-large", "A part of the path is too long"],
}

/** What the library under us refuses; null: not a refusal. */
function ofLibrary(error: unknown): Problem | null {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  const known = typeof code === "string" ? ofCode[code] : undefined
  if (known !== undefined) return problem(...known)
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode >= 500) return null
  return problem("malformed", "The request could not be read")
}

/** One path that is answered, and with what. */
export type Allowed = { readonly pattern: RegExp; readonly methods: readonly string[] }

/** Answers what no route does: with what else may be done at that path, or with not-found. */
export function answerStray(request: FastifyRequest, reply: FastifyReply, allowed: readonly Allowed[]): FastifyReply {
  const path = request.url.split("?", 1)[0] ?? ""
  const methods = new Set(allowed.filter(a => a.pattern.test(path)).flatMap(a => a.methods))
  if (methods.size === 0) return sendProblem(reply, problem("not-found", `There is nothing at ${path}`))
  const allow = [...methods, "OPTIONS"].join(", ")
  reply.header("allow", allow)
  if (request.method === "OPTIONS") return reply.code(204).send()
  return sendProblem(
    reply,
    problem("method-not-allowed", `${path} is not called with ${request.method} but with ${allow}`),
  )
}

/** The paths that routes answer, each once. */
export function allowedBy(routes: readonly Route[]): readonly Allowed[] {
  return [...new Set(routes.map(r => r.path))].map(path => ({
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    methods: routes.filter(r => r.path === path).flatMap(r => (r.method === "GET" ? ["GET", "HEAD"] : [r.method])),
  }))
}

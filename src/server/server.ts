import { fastify, type FastifyInstance, type FastifyRequest } from "fastify"
import type { Daybook } from "../daybook.ts"
import type { Cancel } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { archiveRoutes } from "./archive.ts"
import { readBodies } from "./body.ts"
import { bounds } from "./bounds.ts"
import { answerBroken, answerConnect } from "./broken.ts"
import { commandRoutes } from "./commands.ts"
import type { Context, Route, ServerOptions } from "./context.ts"
import { giveUpLate } from "./deadline.ts"
import { deadLetterRoutes } from "./dead-letters.ts"
import { eventRoutes } from "./events.ts"
import { Feeds } from "./feeds.ts"
import { fileRoutes, leaveBodies } from "./files.ts"
import { healthRoutes } from "./health.ts"
import { actorOf, isLoopback, isOpen } from "./identity.ts"
import { instanceRoutes } from "./instances.ts"
import { lastingRoutes } from "./lasting.ts"
import { allowedBy, answerErrors, answerStray, problemFor, type Allowed } from "./problems.ts"
import { projectionRoutes } from "./projections.ts"
import { promptRoutes } from "./prompts.ts"
import { queryRoutes } from "./queries.ts"
import { dropped, hasRemainder } from "./remainder.ts"
import { secure, sendProblem } from "./reply.ts"
import { Running } from "./running.ts"
import { schemaRoutes } from "./schema.ts"
import { streamRoutes } from "./streams.ts"

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks. */
    actor: string
    /** Lets its body take as long as an upload may. */
    unhurried: Cancel
  }
}

/** A server that listens. */
export type Server = {
  readonly url: string
  /** Takes nothing new, finishes what is running, ends the feeds. Twice is once. */
  close(): Promise<void>
}

/** Reaches a daybook over HTTP. Resolves when it listens. */
export async function createServer(daybook: Daybook, options: ServerOptions): Promise<Server> {
  if (options.dev && !isLoopback(options.host)) {
    throw new Refusal("forbidden", `In dev a server listens on loopback only, not on ${options.host}`, {
      host: options.host,
    })
  }
  const running = new Running()
  const app = library(daybook, running)
  let draining = false
  const context: Context = { daybook, options, feeds: new Feeds(daybook), isDraining: () => draining }
  const routes = routesOf(context)
  receive(app, context, running, allowedBy(routes))
  readBodies(app)
  answerErrors(app, daybook)
  addRoutes(app, routes, daybook)
  app.server.on("connect", (_request, socket) => answerConnect(socket, daybook.clock))
  // What we know nothing of is not waited for; the library would say no, but not as a problem.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response))
  // A name may stand for two addresses; one is served, and it is the one that is told.
  const host = options.host === "localhost" ? "127.0.0.1" : options.host
  const url = await app.listen({ host, port: options.port })

  const stop = async () => {
    draining = true
    context.feeds.end()
    const closed = app.close()
    await running.idle(daybook.clock, limits.drainMsMax)
    app.server.closeAllConnections()
    await closed
  }
  let closing: Promise<void> | null = null
  return { url, close: () => (closing ??= stop()) }
}

/** Every call that is answered. */
export function routesOf(context: Context): readonly Route[] {
  return [
    ...commandRoutes(context),
    ...instanceRoutes(context),
    ...lastingRoutes(context),
    ...eventRoutes(context),
    ...streamRoutes(context),
    ...queryRoutes(context),
    ...promptRoutes(context),
    ...schemaRoutes(context),
    ...fileRoutes(context),
    ...archiveRoutes(context),
    ...deadLetterRoutes(context),
    ...projectionRoutes(context),
    ...healthRoutes(context),
  ]
}

function library(daybook: Daybook, running: Running): FastifyInstance {
  return fastify({
    logger: false,
    genReqId: () => "",
    // Told by `unavailable`, like everything else.
    return503OnClosing: false,
    bodyLimit: limits.bodyBytesMax,
    // What only an upload may take: a request that is none is given up earlier, by `giveUpLate`.
    requestTimeout: bounds.uploadMsMax,
    keepAliveTimeout: bounds.idleConnectionMsMax,
    // Whose name is missing is told so by us, like everything else.
    http: {
      maxHeaderSize: bounds.headerBytesMax,
      requireHostHeader: false,
      headersTimeout: bounds.requestMsMax,
      connectionsCheckingInterval: bounds.lateCheckMs,
    },
    routerOptions: { maxParamLength: bounds.pathPartCharsMax },
    frameworkErrors: (error, request, reply) => {
      void sendProblem(secure(reply), problemFor(error, daybook, { method: request.method, route: "none" }))
    },
    clientErrorHandler: (error, socket) => answerBroken(error, socket, running.on(socket), daybook.clock),
  })
}

/** What happens to every request before its route is looked at: headers, measure, identity. */
function receive(app: FastifyInstance, context: Context, running: Running, allowed: readonly Allowed[]): void {
  const { daybook, options, isDraining } = context
  const { clock, metrics } = daybook
  app.server.maxHeadersCount = bounds.headersMax
  app.decorateRequest("actor", "")
  app.decorateRequest("unhurried", () => {})
  app.addHook("onRequest", (request, reply, done) => {
    const started = clock.ticks()
    const { method } = request
    const route = request.routeOptions.url ?? "none"
    running.begin(reply.raw, () => {
      metrics.time("http_request_seconds", (clock.ticks() - started) / 1_000, {
        method,
        route,
        status: `${reply.raw.statusCode}`,
      })
    })
    secure(reply)
    request.unhurried = giveUpLate(request.raw, reply.raw, clock)
    try {
      refuseNameless(request.raw)
      if (!isOpen(route, request.raw)) request.actor = actorOf(request.headers, options.dev)
      if (isDraining() && route !== "/health" && route !== "/ready") {
        throw new Refusal("unavailable", "The server is stopping")
      }
    } catch (error) {
      return done(error as Error)
    }
    // Answered without a look at its body, which nobody wants.
    if (request.is404) {
      const answer = () => void answerStray(request, reply, allowed)
      return hasRemainder(request.raw) ? void dropped(request.raw, clock).then(answer) : answer()
    }
    done()
  })
}

function refuseNameless({ httpVersion, headers }: FastifyRequest["raw"]): void {
  if (headers.host === undefined && httpVersion === "1.1") {
    throw new Refusal("malformed", "A request says in Host whom it is meant for")
  }
}

function addRoutes(app: FastifyInstance, routes: readonly Route[], daybook: Daybook): void {
  const add = (to: FastifyInstance, route: Route) => {
    const handler: Route["answer"] = async (request, reply) => {
      if (route.operates === true) await daybook.mustHold("operate", { principal: request.actor })
      return route.answer(request, reply)
    }
    to.route({ method: route.method, url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"), handler })
  }
  for (const route of routes) if (route.body === undefined) add(app, route)
  void app.register(async scope => {
    leaveBodies(scope)
    scope.addHook("onRequest", (request, _reply, done) => {
      request.unhurried()
      done()
    })
    for (const route of routes) if (route.body === "stream") add(scope, route)
  })
}

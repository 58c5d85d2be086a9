import type { FastifyReply } from "fastify"
import { retryAfterSeconds, type Problem } from "../protocol/problem.ts"

const json = "application/json; charset=utf-8"
const problemJson = "application/problem+json; charset=utf-8"

/** Says what every answer says: that it is of the type it says, and not to be kept. */
export function secure(reply: FastifyReply): FastifyReply {
  return reply.header("x-content-type-options", "nosniff").header("cache-control", "no-store")
}

/** Answers with JSON: written once, here, and by no schema. */
export function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).header("content-type", json).send(JSON.stringify(body))
}

/** Answers with a list whose items are written already, and what is said beside it. */
export function sendList(reply: FastifyReply, name: string, texts: readonly string[], beside: object): FastifyReply {
  const rest = JSON.stringify(beside).slice(1)
  return reply
    .code(200)
    .header("content-type", json)
    .send(`{"${name}":[${texts.join(",")}],${rest}`)
}

/** Answers with a problem, and says when to come back where that helps. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const seconds = retryAfterSeconds(problem)
  if (seconds !== null) reply.header("retry-after", seconds)
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="daybook"')
  return reply.code(problem.status).header("content-type", problemJson).send(JSON.stringify(problem))
}

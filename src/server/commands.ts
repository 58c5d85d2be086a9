import type { FastifyReply, FastifyRequest } from "fastify"
import { isObject, type Json } from "../kernel/json.ts"
import { isId } from "../kernel/ids.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd, type Asker, type Command, type Outcome } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { readCommand, type SentCommand } from "../protocol/command.ts"
import { outcomeJson, refusedJson } from "../protocol/outcome.ts"
import { retryAfterSeconds } from "../protocol/problem.ts"
import type { Context, Route } from "./context.ts"
import { headerText } from "./identity.ts"
import { idInPath } from "./params.ts"
import { patienceOf, type Patience } from "./prefer.ts"
import { problemFor } from "./problems.ts"
import { sendJson } from "./reply.ts"

/** Asking for commands: one, or many at once. */
export function commandRoutes(context: Context): readonly Route[] {
  return [{ method: "POST", path: "/commands", answer: (request, reply) => answerCommands(context, request, reply) }]
}

function answerCommands(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = request.body as Json | undefined
  const patience = patienceOf(request.headers["prefer"] as string | undefined)
  if (patience.applied !== null) reply.header("preference-applied", patience.applied)
  const key = request.headers["idempotency-key"]
  if (Array.isArray(body)) return answerMany(context, body, patience, key, request, reply)
  return answerOne(context, key === undefined ? body : withKey(body, key), patience, request, reply)
}

async function answerOne(
  { daybook }: Context,
  body: Json | undefined,
  patience: Patience,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const sent = readCommand(body, daybook)
  const command = typeof sent.basisT === "string" ? await settled(sent, daybook) : (sent as Command)
  const outcome = await outcomeOf(command, { actor: request.actor }, patience, daybook)
  if (isEnd(outcome.state) && !patience.leaves) return sendJson(reply, 200, outcomeJson(outcome))
  reply.header("location", `/commands/${idInPath(outcome.id)}`)
  return sendJson(reply, 202, { id: outcome.id, state: outcome.state })
}

async function answerMany(
  context: Context,
  body: readonly Json[],
  patience: Patience,
  key: string | string[] | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const most = limits.commandsPerRequestMax
  if (body.length > most) {
    throw new Refusal("too-large", `${body.length} commands at once; ${most} are taken`, {
      commands: body.length,
      most,
    })
  }
  if (key !== undefined) throw badKey("Idempotency-Key is the id of one command; each of an array has its own")
  const read = await Promise.all(body.map(json => readOne(json, context)))
  // All are asked for in one turn and in order; what is refused is refused alone.
  const asker = { actor: request.actor }
  const answers = await Promise.all(read.map((command, i) => askedFor(command, body[i], asker, patience, context)))
  const seconds = Math.max(...answers.map(a => a.retryAfter), 0)
  if (seconds > 0) reply.header("retry-after", seconds)
  return reply
    .code(200)
    .header("content-type", "application/json; charset=utf-8")
    .send(`[${answers.map(a => a.text).join(",")}]`)
}

async function readOne(json: Json, { daybook }: Context): Promise<Command | Error> {
  try {
    return await settled(readCommand(json, daybook), daybook)
  } catch (error) {
    return error as Error
  }
}

type Answer = { readonly text: string; readonly retryAfter: number }

async function askedFor(
  command: Command | Error,
  sent: Json | undefined,
  asker: Asker,
  patience: Patience,
  context: Context,
): Promise<Answer> {
  try {
    if (command instanceof Error) throw command
    const outcome = await outcomeOf(command, asker, patience, context.daybook)
    return { text: JSON.stringify(outcomeFor(outcome, patience)), retryAfter: 0 }
  } catch (error) {
    const problem = problemFor(error, context.daybook, { method: "POST", route: "/commands" })
    const id = command instanceof Error ? idIn(sent) : command.id
    return { text: JSON.stringify(refusedJson(id, problem)), retryAfter: retryAfterSeconds(problem) ?? 0 }
  }
}

// A lasting command is answered with how far it is as soon as it waits, unless its sender says how long to wait for its end.
async function outcomeOf(
  command: Command,
  asker: Asker,
  { waitMs, applied }: Patience,
  daybook: Context["daybook"],
): Promise<Outcome> {
  const until = daybook.clock.ticks() + waitMs
  const outcome = await daybook.request(command, asker, { waitMs })
  const left = until - daybook.clock.ticks()
  if (applied?.includes("wait=") !== true || outcome.state !== "waiting" || left <= 0) return outcome
  return daybook.ended(command.id, { waitMs: left })
}

function outcomeFor(outcome: Outcome, patience: Patience): Json {
  return patience.leaves ? { id: outcome.id, state: outcome.state } : outcomeJson(outcome)
}

/** The command with its basis as a t. */
async function settled(sent: SentCommand, daybook: Context["daybook"]): Promise<Command> {
  const { basisT, ...command } = sent
  if (basisT === undefined) return command
  return { ...command, basisT: typeof basisT === "string" ? await daybook.tAt(basisT) : basisT }
}

function idIn(sent: Json | undefined): string | null {
  if (!isObject(sent)) return null
  const id = sent["id"] ?? sent["command_uuid"] ?? sent["uuid"]
  return isId(id) ? id : null
}

/** The command with the header's key as its id; the draft of that header puts the key in quotes. */
function withKey(body: Json | undefined, header: string | string[]): Json | undefined {
  const id = headerText(header)?.replace(/^"(.*)"$/, "$1")
  if (id === undefined || !isId(id)) throw badKey("Idempotency-Key is not an id")
  if (!isObject(body)) return body
  const own = body["id"] ?? body["command_uuid"] ?? body["uuid"]
  if (own === undefined) return { ...body, id }
  if (own !== id) throw badKey("Idempotency-Key is another id than that of the command")
  return body
}

function badKey(message: string): Refusal {
  return new Refusal("malformed", message, {}, [{ path: "/Idempotency-Key", code: "id", message }])
}

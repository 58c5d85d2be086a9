import { instanceIdOf } from "../kernel/life.ts"
import { isId } from "../kernel/ids.ts"
import { isObject } from "../kernel/json.ts"
import { Refusal } from "../kernel/refusal.ts"
import { instanceType, outsideStream } from "../kernel/workflow.ts"
import type { EventType } from "../schema/types.ts"
import type { Deciding } from "./deciding.ts"
import type { LiveHead } from "./heads.ts"
import type { Job } from "./job.ts"
import type { Routes } from "./routes.ts"
import type { Sight } from "./sight.ts"
import type { Work } from "./work.ts"

/**
 * Takes in an event from outside: one that is addressed to a lasting command goes into the stream of its instance, any
 * other into a stream of its own. Only what the schema says is told from outside may be, by whoever holds the permission
 * that it requires on their own entity.
 */
export function* receive({ command }: Job, sight: Sight, work: Work, routes: Routes): Deciding<void> {
  const { type, data, to } = command.data
  const eventType = eventTypeOf(typeof type === "string" ? type : "", routes)
  yield* judgeTeller(eventType, sight)
  const said = isObject(data) ? data : {}
  const faults = eventType.validate(said)
  if (faults.length > 0) {
    const at = faults.map(fault => ({ ...fault, path: `/data/data${fault.path}` }))
    throw new Refusal("invalid", `${eventType.name} is against its schema: ${faults[0]!.message}`, {}, at)
  }
  const stream = typeof to === "string" ? instanceIdOf(to) : `outside:${command.id}`
  if (!isId(stream)) throw new Refusal("invalid", "The id of an event from outside is too long", { id: command.id })
  // Whose wait it is nobody needs to be told: the instance is found, whoever may see it.
  yield { heads: [stream] }
  const head = sight.wholeHead(stream)
  if (typeof to === "string" && head.document === null)
    throw new Refusal("not-found", `There is no lasting command ${to}`, { id: to })
  record(work, head, typeof to === "string" ? instanceType : outsideStream, eventType.name, said)
}

function record(work: Work, head: LiveHead, stream: string, type: string, data: object): void {
  const event = { type, data: { ...data }, rejection: false }
  work.record(head, stream, event, { document: head.document, placeOf: path => path })
}

function eventTypeOf(type: string, { schema }: Routes): EventType {
  const eventType = schema.events.get(type)
  if (eventType?.stream === outsideStream) return eventType
  const told = [...schema.events.values()].filter(({ stream }) => stream === outsideStream).map(({ name }) => name)
  const known = told.length === 0 ? "none is" : `those are ${told.join(", ")}`
  if (eventType === undefined)
    throw new Refusal("unknown-type", `There is no event ${type} that is told from outside; ${known}`, { type })
  throw new Refusal(
    "invalid",
    `${type} is said by ${eventType.stream ?? "the system"}, and not told from outside; ${known}`,
    {
      type,
    },
  )
}

function* judgeTeller({ name, requires }: EventType, { judge }: Sight): Deciding<void> {
  if (judge === null) return
  const [allowed] = yield* judge.before([{ id: judge.actor, permission: requires }])
  if (allowed === true) return
  throw new Refusal("forbidden", `To tell ${name} needs the permission ${requires} on your own entity`, {
    permission: requires,
  })
}

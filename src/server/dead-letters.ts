import type { DeadLetter } from "../daybook.ts"
import type { JsonObject } from "../kernel/json.ts"
import { eventJson } from "../protocol/event.ts"
import type { Context, Route } from "./context.ts"
import { Params, pathId } from "./params.ts"
import { sendJson } from "./reply.ts"

/** What could not be delivered, and what an operator does with it. */
export function deadLetterRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/dead-letters",
      operates: true,
      async answer(request, reply) {
        const params = new Params(request, ["after", "limit"])
        const [after, limit] = [params.text("after"), params.limit()]
        const more = await daybook.deadLetters({
          limit: limit + 1,
          as: request.actor,
          ...(after === undefined ? {} : { after }),
        })
        const items = more.slice(0, limit)
        return sendJson(reply, 200, {
          items: items.map(letterJson),
          next: more.length > limit ? items.at(-1)!.id : null,
        })
      },
    },
    dealing("redrive", "redriven", id => daybook.redrive(id)),
    dealing("drop", "dropped", id => daybook.drop(id)),
  ]
}

function dealing(verb: string, done: string, deal: (id: string) => Promise<void>): Route {
  return {
    method: "POST",
    path: `/dead-letters/{id}/${verb}`,
    operates: true,
    async answer(request, reply) {
      const id = pathId(request)
      await deal(id)
      return sendJson(reply, 200, { id, [done]: true })
    },
  }
}

function letterJson(letter: DeadLetter): JsonObject {
  const { id, consumer, t, n, entity, state, attempts, event } = letter
  return {
    id,
    consumer,
    t,
    n,
    entity,
    state,
    error: attempts.at(-1)?.error ?? null,
    attempts: attempts.map(({ at, error }) => ({ at, error })),
    event: event === null ? null : eventJson(event),
  }
}

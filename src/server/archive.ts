import type { FastifyRequest } from "fastify"
import { isId } from "../kernel/ids.ts"
import { isObject } from "../kernel/json.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Context, Route } from "./context.ts"
import { Params } from "./params.ts"
import { sendJson } from "./reply.ts"

/** Moving commands to the archive and back. */
export function archiveRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/archive",
      operates: true,
      async answer(request, reply) {
        new Params(request, [])
        const olderThan = memberOf(request, "olderThan")
        if (typeof olderThan !== "string") throw malformed("olderThan", 'an instant, or a length of time like "P90D"')
        return sendJson(reply, 200, { ...(await daybook.archive(olderThan, { actor: request.actor })) })
      },
    },
    {
      method: "POST",
      path: "/archive/restore",
      operates: true,
      async answer(request, reply) {
        new Params(request, [])
        const ids = memberOf(request, "ids")
        if (!Array.isArray(ids) || !ids.every(isId)) throw malformed("ids", "a list of ids of commands")
        return sendJson(reply, 200, { ...(await daybook.restore(ids, { actor: request.actor })) })
      },
    },
  ]
}

function memberOf({ body }: FastifyRequest, name: string): unknown {
  if (!isObject(body)) throw new Refusal("malformed", "The body is an object")
  const stray = Object.keys(body).find(key => key !== name)
  if (stray === undefined) return body[name]
  const fault = { path: `/${stray}`, code: "unknown", message: `is no member of it; known is ${name}` }
  throw new Refusal("malformed", `There is no member ${stray}; known is ${name}`, {}, [fault])
}

function malformed(name: string, what: string): Refusal {
  const fault = { path: `/${name}`, code: "type", message: `is not ${what}` }
  return new Refusal("malformed", `${name} is not ${what}`, {}, [fault])
}

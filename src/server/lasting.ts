import type { Daybook } from "../daybook.ts"
import { isObject, type JsonObject } from "../kernel/json.ts"
import { isEnd, type CommandState } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Context, Route } from "./context.ts"
import { foundBy } from "./instances.ts"
import { pathId } from "./params.ts"
import { sendJson } from "./reply.ts"

/** What is done with commands that have not ended. */
export function lastingRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/commands/{id}/abort",
      async answer(request, reply) {
        const id = pathId(request)
        const instance = await foundBy(id, request.actor, daybook)
        const { reason } = bodyOf(request.body, { reason: "string" })
        if ("command" in instance && !isEnd(instance.state)) await daybook.abort(id, request.actor, reason)
        const state = await stateOf(id, daybook)
        if (state !== "running" && state !== "queued") return sendJson(reply, 200, { id, state })
        throw new Refusal("conflict", `The command ${id} is ${state}: what a handler has in hand is let finish`, {
          id,
          state,
        })
      },
    },
    bringing("resume", {}, (id, actor) => daybook.bring(id, { kind: "resume", by: actor }, actor), daybook),
    bringing(
      "change",
      { data: "object" },
      (id, actor, { data = {} }) => daybook.bring(id, { kind: "change", by: actor, data }, actor),
      daybook,
    ),
    bringing(
      "fail",
      { reason: "string" },
      (id, actor, { reason = "A person let it fail" }) => daybook.bring(id, { kind: "fail", by: actor, reason }, actor),
      daybook,
    ),
  ]
}

type Body = { readonly reason?: string; readonly data?: JsonObject }

/** What a person does with a lasting command that does not go on by itself. */
function bringing(
  verb: string,
  members: Readonly<Record<string, "string" | "object">>,
  bring: (id: string, actor: string, body: Body) => Promise<void>,
  daybook: Daybook,
): Route {
  return {
    method: "POST",
    path: `/commands/{id}/${verb}`,
    operates: true,
    async answer(request, reply) {
      const id = pathId(request)
      await bring(id, request.actor, bodyOf(request.body, members))
      return sendJson(reply, 200, { id, state: await stateOf(id, daybook) })
    },
  }
}

async function stateOf(id: string, daybook: Daybook): Promise<CommandState> {
  const instance = await daybook.command(id)
  return instance !== null && "command" in instance ? instance.state : "rejected"
}

function bodyOf(body: unknown, members: Readonly<Record<string, "string" | "object">>): Body {
  if (body === undefined || body === null) return {}
  if (!isObject(body)) throw new Refusal("malformed", "The body is not a JSON object")
  const faults = Object.entries(body).flatMap(([name, value]) => {
    const path = `/${name}`
    if (members[name] === undefined) return [{ path, code: "unknown", message: "is not known here" }]
    const fits = members[name] === "string" ? typeof value === "string" : isObject(value)
    return fits ? [] : [{ path, code: "type", message: `is no ${members[name]}` }]
  })
  if (faults.length > 0) throw new Refusal("malformed", `The body is not as it must be: ${faults[0]!.path}`, {}, faults)
  // What was checked above is there in its type, or absent.
  return body as Body
}

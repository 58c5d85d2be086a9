import { isEnd, type CommandState } from "../kernel/message.ts"
import type { Instance } from "../kernel/instance.ts"
import { Refusal } from "../kernel/refusal.ts"
import { instanceJson, refusedInstanceJson } from "../protocol/instance.ts"
import type { Context, Route } from "./context.ts"
import { fitting } from "./fitting.ts"
import { Params, pathId } from "./params.ts"
import { sendJson, sendList } from "./reply.ts"

const states: readonly CommandState[] = [
  ...(["queued", "running", "waiting", "retrying", "aborting"] as const),
  ...(["succeeded", "rejected", "failed", "aborted"] as const),
]

/** Looking at commands that were asked for. */
export function instanceRoutes({ daybook }: Context): readonly Route[] {
  const withChildren = async (instance: Instance) => instanceJson(instance, await daybook.children(instance.command.id))
  const found = async (id: string) => {
    const instance = await daybook.command(id)
    if (instance === null) throw new Refusal("not-found", `There is no command ${id}`, { id })
    return instance
  }
  return [
    {
      method: "GET",
      path: "/commands",
      async answer(request, reply) {
        const params = new Params(request, ["owner", "state", "type", "parent", "archived", "limit", "after"])
        const limit = params.limit()
        const filter = filterOf(params)
        // Nothing is archived yet, so among the archived there is none.
        const archived = params.oneOf("archived", ["true", "false"]) === "true"
        const more = archived ? [] : await daybook.commands({ ...filter, limit: limit + 1 })
        const items = await Promise.all(more.slice(0, limit).map(withChildren))
        const texts = fitting(items)
        const isMore = more.length > texts.length
        return sendList(reply, "items", texts, { next: isMore ? more[texts.length - 1]!.command.id : null })
      },
    },
    {
      method: "GET",
      path: "/commands/{id}",
      async answer(request, reply) {
        const instance = await found(pathId(request))
        return sendJson(
          reply,
          200,
          "command" in instance ? await withChildren(instance) : refusedInstanceJson(instance),
        )
      },
    },
    {
      method: "POST",
      path: "/commands/{id}/abort",
      async answer(request, reply) {
        const id = pathId(request)
        const instance = await found(id)
        const state = "command" in instance ? instance.state : "rejected"
        if (isEnd(state)) return sendJson(reply, 200, { id, state })
        throw new Refusal("conflict", `The command ${id} is ${state}, and one that is under way cannot be aborted`, {
          id,
          state,
        })
      },
    },
  ]
}

function filterOf(params: Params) {
  const owner = params.id("owner")
  const state = params.oneOf("state", states)
  const type = params.text("type")
  const parent = params.id("parent")
  const after = params.id("after")
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(state === undefined ? {} : { state }),
    ...(type === undefined ? {} : { type }),
    ...(parent === undefined ? {} : { parent }),
    ...(after === undefined ? {} : { after }),
  }
}

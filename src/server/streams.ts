import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { eventJson } from "../protocol/event.ts"
import { bounds } from "./bounds.ts"
import type { Context, Route } from "./context.ts"
import { fitting } from "./fitting.ts"
import { Params, pathId, pathPart } from "./params.ts"
import { sendJson, sendList } from "./reply.ts"

/** Reading the events of one entity, and which entities have any. */
export function streamRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/streams",
      async answer(request, reply) {
        const params = new Params(request, ["type", "after", "limit"])
        const [type, after, limit] = [params.text("type"), params.id("after"), params.limit()]
        const more = await daybook.streams({
          ...(type === undefined ? {} : { type }),
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
          as: request.actor,
        })
        const items = more.slice(0, limit).map(({ type, id, version }) => ({ type, id, version }))
        return sendJson(reply, 200, { items, next: more.length > limit ? items[limit - 1]!.id : null })
      },
    },
    {
      method: "GET",
      path: "/streams/{type}/{id}",
      async answer(request, reply) {
        const [type, id] = [pathPart(request, "type"), pathId(request)]
        const params = new Params(request, ["from", "limit", "types"])
        const limit = params.limit(bounds.pageEventsUsual, limits.pageEventsMax)
        const from = params.whole("from", 1) ?? 1
        const types = params.several("types")
        const page = await daybook.stream(id, from, limit, { as: request.actor })
        // An id belongs to one entity of one type: under another type there is nothing.
        if (page.type !== type) throw new Refusal("not-found", `There is no stream ${type} ${id}`, { type, id })
        const events = types === undefined ? page.events : page.events.filter(e => types.includes(e.type))
        const texts = fitting(events.map(eventJson))
        // What did not fit in, or is not there yet, comes next.
        const next = events[texts.length]?.stream.version ?? (page.events.at(-1)?.stream.version ?? from - 1) + 1
        return sendList(reply, "events", texts, { version: page.version, isEnd: next > page.version, next })
      },
    },
  ]
}

import { limits } from "../kernel/limits.ts"
import { eventJson } from "../protocol/event.ts"
import { bounds } from "./bounds.ts"
import type { Context, Route } from "./context.ts"
import { resumedAfter, type Position } from "./feed.ts"
import { Params } from "./params.ts"
import { sendJson } from "./reply.ts"

/** Reading the events of all streams in order: in pages, or as a feed that goes on. */
export function eventRoutes({ daybook, feeds }: Context): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/events",
      async answer(request, reply) {
        const params = new Params(request, ["after", "types", "limit"])
        const after = (await params.t("after", daybook)) ?? 0
        const types = params.several("types")
        if (wantsFeed(request.headers.accept)) {
          const from: Position = resumedAfter(request.headers["last-event-id"]) ?? { t: after, n: Infinity }
          return feeds.serve(request, reply, from, types)
        }
        const limit = params.limit(bounds.pageEventsUsual, limits.pageEventsMax)
        const page = await daybook.events(after, { limit, ...(types === undefined ? {} : { types }) })
        const events = page.events.map(logged => eventJson(logged.event))
        return sendJson(reply, 200, { events, next: page.reached, isEnd: page.isEnd })
      },
    },
  ]
}

function wantsFeed(accept: string | undefined): boolean {
  return accept !== undefined && /(?:^|[\s,])text\/event-stream(?:$|[\s;,])/i.test(accept)
}

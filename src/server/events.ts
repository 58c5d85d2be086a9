import type { Daybook } from "../daybook.ts"
import type { Json } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { outcomeJson } from "../protocol/outcome.ts"
import { readTold } from "../protocol/told.ts"
import { bounds } from "./bounds.ts"
import type { Context, Route } from "./context.ts"
import { resumedAfter, type Position } from "./feed.ts"
import { fittingPage } from "./fitting.ts"
import { Params } from "./params.ts"
import { patienceOf } from "./prefer.ts"
import { sendJson, sendList } from "./reply.ts"

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
          const resumed = resumedAfter(request.headers["last-event-id"])
          if (resumed !== null) await refuseAhead(resumed, daybook)
          return feeds.serve(request, reply, resumed ?? { t: after, n: Infinity }, types)
        }
        const limit = params.limit(bounds.pageEventsUsual, limits.pageEventsMax)
        const page = await daybook.events(after, {
          limit,
          as: request.actor,
          ...(types === undefined ? {} : { types }),
        })
        const { texts, ...rest } = fittingPage(page)
        return sendList(reply, "events", texts, rest)
      },
    },
    {
      method: "POST",
      path: "/events",
      async answer(request, reply) {
        const patience = patienceOf(request.headers["prefer"] as string | undefined)
        const command = readTold(request.body as Json | undefined, daybook)
        const outcome = await daybook.request(command, { actor: request.actor }, { waitMs: patience.waitMs })
        return sendJson(reply, isEnd(outcome.state) ? 200 : 202, outcomeJson(outcome))
      },
    },
  ]
}

function wantsFeed(accept: string | undefined): boolean {
  return accept !== undefined && /(?:^|[\s,])text\/event-stream(?:$|[\s;,])/i.test(accept)
}

/** Whoever was told of what has not happened here has another history: a file was put back, or this is another one. */
async function refuseAhead({ t }: Position, daybook: Daybook): Promise<void> {
  const basisT = await daybook.basis()
  if (t > basisT)
    throw new Refusal("conflict", `Nothing can be resumed after t ${t}: the newest here is ${basisT}`, { basisT })
}

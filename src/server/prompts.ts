import { promptsQuery } from "../kernel/prompt.ts"
import type { Context, Route } from "./context.ts"
import { Params } from "./params.ts"
import { sendJson } from "./reply.ts"

/** What is to be put before somebody now, or was to be at a t. */
export function promptRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/prompts",
      async answer(request, reply) {
        const params = new Params(request, ["owner", "asOf"])
        const owner = params.id("owner")
        const asOf = await params.t("asOf", daybook)
        const moment = asOf === undefined ? {} : { asOf }
        const query = { name: promptsQuery, data: owner === undefined ? {} : { owner }, ...moment }
        const { basisT, result } = await daybook.query(query, { principal: request.actor })
        return sendJson(reply, 200, { basisT, items: result })
      },
    },
  ]
}

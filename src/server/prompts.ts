import { promptsQuery } from "../kernel/prompt.ts"
import type { Context, Route } from "./context.ts"
import { Params } from "./params.ts"
import { sendJson } from "./reply.ts"

/** What is to be put before somebody now. */
export function promptRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/prompts",
      async answer(request, reply) {
        const owner = new Params(request, ["owner"]).id("owner")
        const query = { name: promptsQuery, data: owner === undefined ? {} : { owner } }
        const { basisT, result } = await daybook.query(query, { principal: request.actor })
        return sendJson(reply, 200, { basisT, items: result })
      },
    },
  ]
}

import { isEnd, type CommandState, type T } from "../kernel/message.ts"
import type { Daybook } from "../daybook.ts"
import type { JsonObject } from "../kernel/json.ts"
import type { Instance } from "../kernel/instance.ts"
import { Refusal } from "../kernel/refusal.ts"
import { instanceJson, refusedInstanceJson } from "../protocol/instance.ts"
import type { Context, Route } from "./context.ts"
import { bounds } from "./bounds.ts"
import { fitting } from "./fitting.ts"
import { Params, pathId } from "./params.ts"
import { sendJson, sendList } from "./reply.ts"

type Filter = Parameters<Daybook["commands"]>[0]

const states: readonly CommandState[] = [
  ...(["queued", "running", "waiting", "retrying", "aborting", "stuck"] as const),
  ...(["succeeded", "rejected", "failed", "aborted"] as const),
]

const archives = { true: true, false: false, both: "both" } as const

/** A command as somebody may see it; refuses with `not-found`. */
export async function foundBy(id: string, as: string, daybook: Daybook) {
  const instance = await daybook.command(id, { as })
  if (instance === null) throw new Refusal("not-found", `There is no command ${id}`, { id })
  return instance
}

/** Looking at commands that were asked for. */
export function instanceRoutes({ daybook }: Context): readonly Route[] {
  const found = (id: string, as: string) => foundBy(id, as, daybook)
  return [
    {
      method: "GET",
      path: "/commands",
      async answer(request, reply) {
        const params = new Params(request, ["owner", "state", "type", "parent", "archived", "limit", "after"])
        const archived = archives[params.oneOf("archived", ["true", "false", "both"]) ?? "false"]
        const filter = { ...filterOf(params), archived, limit: params.limit() }
        const { texts, next } = await pageOf(filter, daybook, request.actor)
        // To go on behind what is not there would look like the end.
        if (texts.length === 0 && filter.after !== undefined) await found(filter.after, request.actor)
        return sendList(reply, "items", texts, { next })
      },
    },
    {
      method: "GET",
      path: "/commands/{id}",
      async answer(request, reply) {
        const asOf = await new Params(request, ["asOf"]).t("asOf", daybook)
        const instance = await found(pathId(request), request.actor)
        if (!("command" in instance)) return sendJson(reply, 200, refusedInstanceJson(instance))
        const json = asOf === undefined ? withChildren(instance, daybook) : asItWas(instance, asOf, daybook)
        return sendJson(reply, 200, await json)
      },
    },
  ]
}

/** What a command was at t. What of it no longer can be told, its attempts and its result, is that of now. */
async function asItWas(instance: Instance, asOf: T, daybook: Daybook): Promise<JsonObject> {
  const { id } = instance.command
  const life = await daybook.life(id, asOf)
  const history = instance.history.filter(({ t }) => t <= asOf)
  const state = life?.state ?? history.at(-1)?.state
  if (state === undefined) throw new Refusal("not-found", `There was no command ${id} at t ${asOf}`, { id, asOf })
  const { result, error } = isEnd(state) ? instance : { result: null, error: null }
  const children = isEnd(state) ? await daybook.children(id) : Object.keys(life?.children ?? {})
  return instanceJson({ ...instance, state, history, result, error }, children, life)
}

/** Whether it lasts is asked of the store: the app may no longer have the workflow that it was begun by. */
async function withChildren(instance: Instance, daybook: Daybook): Promise<JsonObject> {
  const { id } = instance.command
  const [children, life] = await Promise.all([daybook.children(id), daybook.life(id)])
  return instanceJson(instance, children, life)
}

/** The texts of a page. Read in pieces, so that what does not fit into the answer is for the most part not read either. */
async function pageOf({ limit, ...filter }: Filter, daybook: Daybook, as: string) {
  const texts: string[] = []
  let chars = 0
  for (let after = filter.after; ;) {
    const wanted = Math.min(limit - texts.length, bounds.pieceItems)
    const page = { ...filter, ...(after === undefined ? {} : { after }), limit: wanted + 1 }
    const more = await daybook.commands(page, { as })
    const items = await Promise.all(more.slice(0, wanted).map(instance => withChildren(instance, daybook)))
    const fit = fitting(items, bounds.answerCharsMax - chars)
    if (fit.length > 0) after = more[fit.length - 1]!.command.id
    texts.push(...fit)
    chars += fit.reduce((sum, text) => sum + text.length, 0)
    if (more.length === fit.length) return { texts, next: null }
    if (texts.length === limit || fit.length < wanted) return { texts, next: after ?? null }
  }
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

import { isId } from "../kernel/ids.ts"
import { isObject, type Json } from "../kernel/json.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { RightsItem } from "../daybook.ts"
import type { Context, Route } from "./context.ts"
import { badParam, Params } from "./params.ts"
import { sendJson } from "./reply.ts"

/** Asking what is true, and who may what. */
export function queryRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/query",
      async answer(request, reply) {
        const leaving = new AbortController()
        // Nobody works on for a client that has gone.
        reply.raw.once("close", () => leaving.abort())
        const body = (request.body ?? null) as Json
        const asked = daybook.query(body, { principal: request.actor }, { signal: leaving.signal })
        return sendJson(reply, 200, await asked)
      },
    },
    {
      method: "POST",
      path: "/check",
      async answer(request, reply) {
        return sendJson(reply, 200, await daybook.check(itemsOf(request.body as Json), { principal: request.actor }))
      },
    },
    {
      method: "GET",
      path: "/explain",
      async answer(request, reply) {
        const params = new Params(request, ["subject", "entity", "permission", "asOf"])
        const subject = named(params, "subject") ?? request.actor
        const entity = named(params, "entity")
        if (entity === undefined) throw badParam("entity", "is missing: the entity that is asked about")
        const [permission, asOf] = [params.text("permission"), await params.t("asOf", daybook)]
        const question = {
          subject,
          entity,
          ...(permission === undefined ? {} : { permission }),
          ...(asOf === undefined ? {} : { asOf }),
        }
        return sendJson(reply, 200, await daybook.explain(question, { principal: request.actor }))
      },
    },
  ]
}

/** An entity in a URL: an id, or a lookup as JSON. */
function named(params: Params, name: string): Json | undefined {
  const text = params.text(name)
  if (text === undefined || !text.startsWith("[")) return params.id(name)
  try {
    return JSON.parse(text) as Json
  } catch {
    throw badParam(name, "is neither an id nor a lookup, which is JSON")
  }
}

function itemsOf(body: Json | undefined): readonly RightsItem[] {
  if (!Array.isArray(body)) throw malformed("", "is no array of questions {subject, entity, permission}")
  return body.map((item: Json, i) => itemOf(item, `/${i}`))
}

function itemOf(item: Json, path: string): RightsItem {
  if (!isObject(item)) throw malformed(path, "is no question {subject, entity, permission}")
  const { subject, entity, permission, ...rest } = item
  const [strange] = Object.keys(rest)
  if (strange !== undefined) throw malformed(`${path}/${strange}`, "is no key of a question")
  if (subject === undefined) throw malformed(`${path}/subject`, "is missing: an id, or null for somebody unknown")
  if (subject !== null && !isNaming(subject))
    throw malformed(`${path}/subject`, "is neither an id, nor a lookup, nor null")
  if (!isNaming(entity)) throw malformed(`${path}/entity`, "is neither an id nor a lookup")
  if (permission === undefined) return { subject, entity }
  if (typeof permission !== "string" || permission === "") throw malformed(`${path}/permission`, "is no permission")
  return { subject, entity, permission }
}

function isNaming(value: Json | undefined): value is Json {
  return isId(value) || Array.isArray(value)
}

function malformed(path: string, message: string): Refusal {
  return new Refusal("malformed", `${path === "" ? "The body" : path} ${message}`, {}, [
    { path, code: "malformed", message },
  ])
}

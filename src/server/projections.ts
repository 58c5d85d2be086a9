import type { Daybook, ProjectionStatus } from "../daybook.ts"
import type { JsonObject } from "../kernel/json.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Context, Route } from "./context.ts"
import { Params, pathPart } from "./params.ts"
import { patienceOf } from "./prefer.ts"
import { sendJson } from "./reply.ts"

/** Read models: how far they are, what is in them, and building one again. */
export function projectionRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/projections",
      operates: true,
      async answer(request, reply) {
        new Params(request, [])
        return sendJson(reply, 200, { items: (await daybook.projections()).map(statusJson), next: null })
      },
    },
    {
      method: "POST",
      path: "/projections/{name}/rebuild",
      operates: true,
      async answer(request, reply) {
        const { name } = await live(daybook, pathPart(request, "name"))
        const patience = patienceOf(request.headers["prefer"] as string | undefined)
        if (patience.applied !== null) reply.header("preference-applied", patience.applied)
        const isDone = await within(daybook, patience.waitMs, name, daybook.rebuild(name))
        return sendJson(reply, isDone ? 200 : 202, statusJson(await live(daybook, name)))
      },
    },
    {
      method: "GET",
      path: "/projections/{name}/rows",
      operates: true,
      async answer(request, reply) {
        const params = new Params(request, ["keys", "after", "limit", "minT"])
        const [keys, after, limit] = [params.several("keys"), params.text("after"), params.limit()]
        const name = pathPart(request, "name")
        await live(daybook, name)
        const minT = await params.t("minT", daybook)
        if (minT !== undefined) await daybook.waitFor(minT, { projection: name })
        // How far it was before it was read: the rows are of that t, or a little newer.
        const { t } = await live(daybook, name)
        if (keys !== undefined) {
          const rows = await daybook.rows(name, keys)
          return sendJson(reply, 200, { t, items: keys.map(key => ({ key, row: rows.get(key) ?? null })), next: null })
        }
        const more = await daybook.list(name, { limit: limit + 1, ...(after === undefined ? {} : { after }) })
        const items = more.slice(0, limit)
        return sendJson(reply, 200, { t, items, next: more.length > limit ? items.at(-1)!.key : null })
      },
    },
  ]
}

/** The version of a projection that is read. */
async function live(daybook: Daybook, name: string): Promise<ProjectionStatus> {
  const versions = (await daybook.projections()).filter(p => p.name === name)
  const found = versions.find(p => p.live) ?? versions[0]
  if (found === undefined) throw new Refusal("not-found", `There is no projection ${name}`, { name })
  return found
}

/** Whether some work is done in time. What fails later nobody is there to be told; the journal is. */
function within({ clock, journal }: Daybook, ms: number, name: string, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let waits = true
    const cancel = clock.after(ms, () => {
      waits = false
      resolve(false)
    })
    work.then(
      () => {
        cancel()
        resolve(true)
      },
      (error: unknown) => {
        cancel()
        if (!waits) journal.error("A projection was not rebuilt", { projection: name, error })
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })
}

function statusJson({ name, version, t, lag, live, error }: ProjectionStatus): JsonObject {
  return { name, version, t, lag, live, error }
}

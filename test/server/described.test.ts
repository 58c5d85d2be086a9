import { Ajv2020 } from "ajv/dist/2020.js"
import { expect, test } from "vitest"
import { operations } from "../../src/protocol/operations.ts"
import { openapi } from "../../src/protocol/openapi.ts"
import { Feeds } from "../../src/server/feeds.ts"
import { routesOf } from "../../src/server/server.ts"
import { FakeDaybook } from "./fake-daybook.ts"
import { answer, json, serving } from "./serving.ts"

test("every route is described, and nothing is described that is not there [HA5, N11]", () => {
  const daybook = new FakeDaybook()
  const options = { dev: true, host: "127.0.0.1", port: 0 }
  const served = routesOf({ daybook, options, feeds: new Feeds(daybook), isDraining: () => false }).map(
    r => `${r.method} ${r.path}`,
  )
  expect(operations.map(o => `${o.method.toUpperCase()} ${o.path}`).sort()).toEqual(served.sort())
})

test("what is answered is what is described", async () => {
  const { call, daybook } = await serving()
  const document = openapi(daybook.schema) as {
    paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
    components: object
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: "document", ...document })
  const described = async (method: "get" | "post", path: string, response: Response) => {
    const { status, headers, body } = await answer(response)
    const [type = ""] = headers.get("content-type")!.split(";")
    const isKnown = `${status}` in document.paths[path]![method]!.responses
    const place = isKnown ? ["paths", path, method, "responses", `${status}`] : ["components", "responses", "Problem"]
    const pointer = [...place, "content", type, "schema"]
      .map(step => encodeURIComponent(step.replaceAll("/", "~1")))
      .join("/")
    ajv.validate({ $ref: `document#/${pointer}` }, body)
    expect([method, path, status, ajv.errors]).toEqual([method, path, status, null])
    return status
  }
  const write = (id: string, data: object) => ({
    id,
    type: "Write",
    target: { type: "Note", id: "n1" },
    data: { text: "x", ...data },
  })
  const post = (body: unknown, headers = {}) => call("/commands", json(body, headers))
  daybook.letters.push({
    id: "a:1:0",
    consumer: "a",
    t: 1,
    n: 0,
    entity: "n1",
    state: "dead",
    attempts: [],
    due: null,
    event: null,
  })
  daybook.table.set("k", { n: 1 })

  const statuses = [
    await described("post", "/commands", await post(write("c1", {}))),
    await described("post", "/commands", await post(write("c2", {}), { prefer: "respond-async" })),
    await described("post", "/commands", await post([write("c3", {}), write("c4", { refuse: "conflict" }), 5])),
    await described("post", "/commands", await post(write("c5", { refuse: "invalid" }))),
    await described(
      "post",
      "/commands",
      await call("/commands", { method: "POST", body: "x", headers: { "content-type": "application/json" } }),
    ),
    await described("get", "/commands", await call("/commands?limit=1")),
    await described("get", "/commands/{id}", await call("/commands/c1")),
    await described("get", "/commands/{id}", await call("/commands/c5")),
    await described("get", "/commands/{id}", await call("/commands/nobody")),
    await described("post", "/commands/{id}/abort", await call("/commands/c1/abort", { method: "POST" })),
    await described("get", "/events", await call("/events")),
    await described("get", "/streams", await call("/streams")),
    await described("get", "/streams/{type}/{id}", await call("/streams/Note/n1")),
    await described("get", "/schema/commands/{type}", await call("/schema/commands/Write")),
    await described("get", "/dead-letters", await call("/dead-letters")),
    await described("get", "/projections", await call("/projections")),
    await described(
      "post",
      "/projections/{name}/rebuild",
      await call("/projections/notes/rebuild", { method: "POST" }),
    ),
    await described("get", "/projections/{name}/rows", await call("/projections/notes/rows")),
    await described("post", "/query", await call("/query", json({ pull: ["text"], of: "n1" }))),
    await described("post", "/check", await call("/check", json([{ subject: "a", entity: "n1", permission: "read" }]))),
    await described("get", "/explain", await call("/explain?entity=n1")),
    await described("get", "/health", await call("/health")),
    await described("get", "/ready", await call("/ready")),
  ]
  expect(statuses).toEqual([
    200,
    202,
    200,
    422,
    400,
    ...Array<number>(3).fill(200),
    404,
    ...Array<number>(14).fill(200),
  ])
})

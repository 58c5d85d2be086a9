import { expect, test } from "vitest"
import { schema } from "./fake-daybook.ts"
import { answer, serving } from "./serving.ts"

test("the schema is served as it is written, unknown keys included [HA5]", async () => {
  const { call } = await serving()
  const { status, body } = await answer(call("/schema"))
  expect(status).toBe(200)
  expect(body).toEqual(schema)
})

test("each command, event and entity has a JSON Schema of its own [HA5]", async () => {
  const { call } = await serving()
  const command = await answer(call("/schema/commands/Write"))
  expect(command.headers.get("content-type")).toBe("application/schema+json; charset=utf-8")
  expect(command.body).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Write",
    required: ["text"],
  })
  expect((await answer(call("/schema/commands/Transact"))).body).toMatchObject({ required: ["ops"] })
  expect((await answer(call("/schema/events/Written"))).body).toMatchObject({ title: "Written", type: "object" })
  expect((await answer(call("/schema/entities/Note"))).body).toMatchObject({
    properties: { struck: { type: "boolean" } },
  })
})

test.each(["/schema/commands/Nope", "/schema/events/Write", "/schema/entities/toString", "/schema/tables/Note"])(
  "%s is not found",
  async path => {
    const { call } = await serving()
    expect(await answer(call(path))).toMatchObject({ status: 404, body: { code: "not-found" } })
  },
)

test.each(["/schema?v=1", "/schema/commands/Write?asOf=1", "/catalogue?limit=1"])(
  "%s is refused for its parameter",
  async path => {
    const { call } = await serving()
    expect(await answer(call(path))).toMatchObject({ status: 400, body: { errors: [{ code: "parameter" }] } })
  },
)

test.each(["/schema", "/schema/commands/Write", "/catalogue", "/openapi.json", "/asyncapi.json"])(
  "%s has a tag, and is not sent to who has it",
  async path => {
    const { call } = await serving()
    const first = await call(path)
    const etag = first.headers.get("etag")!
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    expect(first.headers.get("cache-control")).toBe("no-cache")
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const second = await call(path, { headers: { "if-none-match": known } })
      expect([second.status, await second.text(), second.headers.get("etag")]).toEqual([304, "", etag])
    }
    expect((await call(path, { headers: { "if-none-match": '"other"' } })).status).toBe(200)
  },
)

test("the catalogue says who produces and who consumes [HA5]", async () => {
  const { call } = await serving()
  expect((await answer(call("/catalogue"))).body).toMatchObject({
    commands: [{ type: "Write", handledBy: "fake" }],
    events: [],
  })
})

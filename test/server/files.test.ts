import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { diskFiles } from "../../src/adapters/disk/files.ts"
import { daybook as define, openDaybook } from "../../src/app.ts"
import { limits } from "../../src/kernel/limits.ts"
import { bounds } from "../../src/server/bounds.ts"
import { createServer } from "../../src/server/server.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { connectTo, exchange, request } from "./raw.ts"
import { answer, expectSoon, json } from "./serving.ts"

const schema = {
  daybook: 1,
  name: "album",
  version: 1,
  entities: { Photo: { attributes: { image: { type: "file" }, more: { type: "file", many: true } } } },
}
const bytesMax = 300_000

async function served({ withFiles = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "daybook-files-"))
  const [clock, ids, lines] = [simulatedClock(), seededIds(), [] as unknown[]]
  const note = (sentence: string, facts?: unknown) => void lines.push({ sentence, facts })
  const journal = { info: note, warn: note, error: note }
  const files = withFiles ? { files: await diskFiles({ folder, clock, ids, bytesMax }) } : {}
  const daybook = await openDaybook(define({ schema }), {
    store: memoryStore({ clock }),
    clock,
    ids,
    journal,
    ...files,
  })
  const server = await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0 })
  onTestFinished(async () => {
    await server.close()
    await daybook.close()
    rmSync(folder, { recursive: true })
  })
  const call = (path: string, init?: RequestInit) => fetch(server.url + path, init)
  const upload = (body: NonNullable<RequestInit["body"]>, type = "text/plain") =>
    answer(call("/files", { method: "POST", body, headers: { "content-type": type } }))
  const hold = (set: object) =>
    answer(call("/commands", json({ type: "Transact", data: { ops: [{ entity: "Photo", set }] } })))
  // What there is of files, wherever they are.
  const left = () => ["incoming", "pending", "kept"].flatMap(state => readdirSync(join(folder, state)))
  return { call, upload, hold, left, lines, clock, url: server.url }
}

const form = (...files: readonly (Blob | string)[]) => {
  const data = new FormData()
  files.forEach((file, i) =>
    typeof file === "string" ? data.append(`f${i}`, file) : data.append(`f${i}`, file, "a.png"),
  )
  return data
}
const png = new Blob(["\u0089PNG"], { type: "image/png" })

test("a file is uploaded, held by an entity, and fetched by whoever asks [L80 HA6]", async () => {
  const { call, upload, hold } = await served()
  const { status, body } = await upload("hello", "text/plain; charset=utf-8")
  const sha256 = createHash("sha256").update("hello").digest("hex")
  expect({ status, body }).toEqual({
    status: 201,
    body: { file: expect.any(String) as string, size: 5, sha256, mediaType: "text/plain; charset=utf-8" },
  })
  const path = `/files/${body["file"] as string}`
  expect(await answer(call(path))).toMatchObject({ status: 404, body: { code: "not-found" } })
  expect(await hold({ image: body["file"] })).toMatchObject({ status: 200, body: { state: "succeeded" } })

  const fetched = await call(path)
  expect([fetched.status, await fetched.text()]).toEqual([200, "hello"])
  expect(Object.fromEntries(fetched.headers)).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "content-length": "5",
    "content-disposition": "attachment",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-cache",
    etag: `"${sha256}"`,
  })
  const head = await call(path, { method: "HEAD" })
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "5", ""])
  expect((await call(path, { headers: { "if-none-match": `W/"${sha256}"` } })).status).toBe(304)
  for (const id of ["nobody", "..%2f..%2fdaybook.sqlite", "%2e%2e"])
    expect((await call(`/files/${id}`)).status).toBe(404)
})

test("a form with one file is an upload, and any other form is none [HA6]", async () => {
  const { call, hold, left } = await served()
  const send = (body: FormData) => answer(call("/files", { method: "POST", body }))
  const { status, body } = await send(form(png))
  expect([status, body["mediaType"], body["size"]]).toEqual([201, "image/png", 5])
  await hold({ more: [body["file"]] })
  expect((await call(`/files/${body["file"] as string}`)).headers.get("content-type")).toBe("image/png")
  const before = left()
  for (const wrong of [
    form(),
    form("text"),
    form(png, png),
    form(png, "text"),
    form("text", png),
    form(png, png, png),
  ]) {
    expect(await send(wrong)).toMatchObject({ status: 400, body: { code: "malformed" } })
  }
  const type = "multipart/form-data; boundary=b"
  for (const text of ["", "--b", '--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nhalf']) {
    const headers = { "content-type": type }
    expect((await call("/files", { method: "POST", body: text, headers })).status).toBe(400)
  }
  expect(left()).toEqual(before)
})

test("what is too large is 413, however it comes, and what has no media type is 415 [HA6]", async () => {
  const { call, upload, left } = await served()
  const large = new Uint8Array(bytesMax + 1)
  const chunked = { method: "POST", body: new Blob([large]).stream(), duplex: "half" as const }
  const answers = [
    await upload(large),
    await answer(call("/files", { ...chunked, headers: { "content-type": "a/b" } })),
    await answer(call("/files", { method: "POST", body: form(new Blob([large])) })),
    await upload(new Uint8Array(limits.uploadBytesMax + 1)),
  ]
  expect(answers.map(({ status, body }) => [status, body["code"]])).toEqual(Array(4).fill([413, "too-large"]))
  expect((await call("/files", { method: "POST", body: new Uint8Array(3) })).status).toBe(415)
  for (const type of ["png", "image/", "a/b; c", `a/${"b".repeat(200)}`])
    expect((await upload("x", type)).status).toBe(415)
  const zipped = { "content-type": "text/plain", "content-encoding": "gzip" }
  expect((await call("/files", { method: "POST", body: "x", headers: zipped })).status).toBe(415)
  expect(left()).toEqual([])
})

test.each(["text/plain", "multipart/form-data; boundary=b"])(
  "an upload of %s that is broken off leaves nothing, not even a line in the journal [L80 HA6]",
  async type => {
    const { upload, left, lines, url } = await served()
    const socket = connectTo(url)
    await once(socket, "connect")
    const part = '--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    socket.write(
      `POST /files HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: 100000\r\n\r\n${part}`,
    )
    socket.write("x".repeat(20_000))
    await expectSoon(left).toHaveLength(1)
    socket.destroy()
    await expectSoon(left).toEqual([])
    expect((await upload("next")).status).toBe(201)
    expect(lines).toEqual([])
  },
)

test("JSON is a file like any other, and elsewhere a body is still read only as JSON", async () => {
  const { call, upload } = await served()
  expect((await upload("[1, oops", "application/json")).body).toMatchObject({ size: 8, mediaType: "application/json" })
  const headers = { "content-type": "text/plain" }
  expect((await call("/commands", { method: "POST", body: "x", headers })).status).toBe(415)
})

test("a daybook without a place for files says so [HA6]", async () => {
  const { call, upload, hold } = await served({ withFiles: false })
  expect(await upload("x")).toMatchObject({ status: 503, body: { code: "unavailable" } })
  expect((await call("/files/f")).status).toBe(503)
  expect(await hold({ image: "f" })).toMatchObject({ status: 503, body: { code: "unavailable" } })
  expect((await hold({})).status).toBe(200)
})

test("the document says how files are sent and fetched [HA6]", async () => {
  const { call } = await served()
  const { paths } = (await answer(call("/openapi.json"))).body as { paths: Record<string, unknown> }
  expect(paths["/files"]).toMatchObject({
    post: { requestBody: { content: { "multipart/form-data": {} } }, responses: { 201: {} } },
  })
  expect(paths["/files/{id}"]).toMatchObject({ get: { responses: { 200: {}, 304: {} } } })
})

test("an upload may take longer than any other request [HA6]", async () => {
  const { left, clock, url } = await served()
  const length = { "content-type": "text/plain", "content-length": "4" }
  const socket = connectTo(url)
  let text = ""
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  socket.write(request("POST", "/files", length, "ab"))
  await expectSoon(() => left().length).toBe(1)
  await clock.advance(10 * bounds.requestMsMax)
  socket.write("cd")
  await expectSoon(() => text).toContain("HTTP/1.1 201")

  // To where files are fetched nothing is uploaded.
  const stray = exchange(url, request("GET", "/files/x", { ...length, connection: "keep-alive" }, "ab"))
  await expectSoon(() => clock.nextDue()).toBeLessThanOrEqual(bounds.requestMsMax)
  await clock.advance(bounds.requestMsMax)
  expect((await stray).status).toBe(404)
})

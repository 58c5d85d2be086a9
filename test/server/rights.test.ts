import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { daybook as define, openDaybook } from "../../src/app.ts"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { seed } from "../../examples/portal/seed.ts"
import portal from "../../examples/portal/schema.json" with { type: "json" }
import { createServer } from "../../src/server/server.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { memoryFiles } from "../../src/testing/memory-files.ts"
import { answer, json, type Body } from "./serving.ts"

// The portal, where somebody operates, bob may audit what he has written, and a file may hang on a document.
const { User, Document, ...others } = portal.entities
const schema = {
  ...portal,
  groups: { ...portal.groups, operator: {} },
  entities: {
    ...others,
    User: {
      ...User,
      attributes: { ...User.attributes, operates: { type: "boolean", default: false } },
      assign: [
        ...User.assign,
        {
          group: "operator",
          when: { and: [{ is: ["$self", "$security"] }, { eq: [{ path: ["$self", "operates"] }, true] }] },
        },
      ],
      permissions: { ...User.permissions, operate: ["operator"], audit: ["operator"] },
    },
    Document: {
      ...Document,
      abstract: { ...Document.abstract, attributes: { ...Document.abstract.attributes, scan: { type: "file" } } },
    },
  },
}

const readers = ["alice", "bob", "carol", "dave", "anonymous"] as const
const everybody = [
  "alice",
  "bob",
  "carol",
  "dave",
  "acme",
  "zenith",
  "plans",
  "budget",
  "diary",
  "offer",
  "terms",
  "minutes",
  "plans-for-zenith",
  "offer-for-zenith",
]
const readable: Readonly<Record<string, readonly string[]>> = {
  alice: ["alice", "acme", "plans", "budget", "offer", "terms"],
  bob: ["bob", "acme", "plans", "budget", "diary", "offer", "terms"],
  carol: ["carol", "zenith", "plans", "budget", "offer", "terms", "minutes", "plans-for-zenith", "offer-for-zenith"],
  dave: ["dave", "offer", "terms"],
  anonymous: [],
}

let call: (path: string, as?: string, init?: RequestInit) => Promise<{ status: number; body: Body }>
let close: () => Promise<void>
let url: string

beforeEach(async () => {
  const clock = simulatedClock()
  const store = sqliteStore({ path: ":memory:", now: () => clock.now() })
  const daybook = await openDaybook(define({ schema }), {
    store,
    clock,
    ids: seededIds(3),
    files: memoryFiles({ clock }),
  })
  const server = await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0 })
  url = server.url
  call = async (path, as = "system", init = {}) => {
    const headers = { ...(init.headers as Record<string, string>), "daybook-as": as }
    const { status, body } = await answer(fetch(server.url + path, { ...init, headers }))
    return { status, body }
  }
  close = async () => {
    await server.close()
    await daybook.close()
  }
  for (const { data } of seed) await transact(data["ops"])
  await transact([{ entity: "User", id: "olga", set: { name: "Olga", operates: true } }])
})

afterEach(() => close())

const post = (path: string, body: unknown, as?: string) => call(path, as, json(body))
const query = (body: object, as?: string) => post("/query", body, as)
const resultOf = async (body: object, as?: string) => (await query(body, as)).body["result"]
const transact = (ops: unknown, as?: string) => post("/commands", { type: "Transact", data: { ops } }, as)

describe("each reader", () => {
  test("pulls, finds and counts what they may read, and nothing else [L67 L70 L75 X17]", async () => {
    for (const reader of readers) {
      const pulled = (await resultOf({ pull: ["@id"], of: everybody }, reader)) as ({ "@id": string } | null)[]
      expect([reader, pulled.flatMap(found => found?.["@id"] ?? [])]).toEqual([reader, readable[reader]])
      const documents = readable[reader]!.filter(id =>
        ["plans", "budget", "diary", "offer", "terms", "minutes"].includes(id),
      )
      const found = (await resultOf(
        { find: [["?d", "..."]], where: [["?d", "Document/title", "_"]] },
        reader,
      )) as string[]
      expect([reader, [...found].sort()]).toEqual([reader, [...documents].sort()])
      const counted = { find: [["count", "?d"], "."], where: [["?d", "Document/title", "_"]] }
      expect([reader, (await resultOf(counted, reader)) ?? 0]).toEqual([reader, documents.length])
    }
  })

  test("gets the events of what they may read, with what of it they may read, and their own commands [X16 X17 UH3 W23]", async () => {
    for (const reader of readers) {
      const { body } = await call("/events?limit=1000", reader)
      const events = body["events"] as { stream: { id: string }; data: { attributes: object } }[]
      expect([reader, events.map(e => e.stream.id)]).toEqual([
        reader,
        everybody.filter(id => readable[reader]!.includes(id)),
      ])
      expect([body["next"], body["isEnd"]]).toEqual([2, true])
      const streams = (await call("/streams", reader)).body["items"] as { id: string }[]
      expect([reader, streams.map(s => s.id).sort()]).toEqual([reader, [...readable[reader]!].sort()])
      expect((await call("/commands", reader)).body["items"]).toEqual([])
    }
    const plansFor = async (as: string) =>
      ((await call("/streams/Folder/plans", as)).body["events"] as { data: { attributes: object } }[])[0]!.data
        .attributes
    expect(Object.keys(await plansFor("alice")).sort()).toEqual(["notes", "org", "private", "status", "title"])
    expect(Object.keys(await plansFor("carol")).sort()).toEqual(["private", "status", "title"])
    const unseen = await call("/streams/File/diary", "carol")
    expect([unseen.status, unseen.body["code"]]).toEqual([404, "not-found"])
    const own = await transact([{ entity: "Folder", id: "plans", set: { title: "Our plans" } }], "bob")
    expect(own).toMatchObject({ status: 200, body: { state: "succeeded", events: [{ type: "EntityChanged" }] } })
    const id = own.body["id"] as string
    expect((await call(`/commands/${id}`, "bob")).status).toBe(200)
    expect((await call(`/commands/${id}`, "alice")).status).toBe(404)
    expect(((await call("/commands", "bob")).body["items"] as object[]).length).toBe(1)
    expect(((await call("/commands?owner=bob", "alice")).body["items"] as object[]).length).toBe(0)
  })

  test("is told live of what they may read, at its place in the log [UH3 UH6]", async () => {
    const reading = new AbortController()
    const headers = { accept: "text/event-stream", "daybook-as": "carol" }
    const response = await fetch(`${url}/events?after=2`, { headers, signal: reading.signal })
    await transact([{ entity: "File", id: "diary", set: { title: "A diary" } }])
    await transact([{ entity: "Folder", id: "plans", set: { title: "New plans", notes: "For nobody" } }])
    let text = ""
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString("utf8")
      if (text.includes("\n\ndata") || text.includes("New plans")) break
    }
    reading.abort()
    expect([...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id)).toEqual(["4.0"])
    expect(text).toContain('"title":{"old":"Plans","new":"New plans"}')
    expect(text).not.toMatch(/diary|nobody/)
  })

  test("gets a file by the document that holds it [L80 HA6]", async () => {
    const uploaded = await call("/files", "bob", {
      method: "POST",
      body: "scan",
      headers: { "content-type": "text/plain" },
    })
    const { file } = uploaded.body as { file: string }
    await transact([{ entity: "File", id: "diary", set: { scan: uploaded.body } }])
    const statuses = await Promise.all(readers.map(reader => fileStatus(file, reader)))
    expect(statuses).toEqual([404, 200, 404, 404, 404])
  })
})

async function fileStatus(file: string, as: string): Promise<number> {
  try {
    return (await call(`/files/${file}`, as)).status
  } catch {
    // It is there, and no JSON.
    return 200
  }
}

describe("what may not be read is as if it were not there:", () => {
  test("an answer about it says what an answer about nothing says, whatever is asked [L75 QS8]", async () => {
    const about = (id: string): readonly (readonly [string, Promise<{ status: number; body: Body }>])[] => [
      ["pull", query({ pull: ["*"], of: id }, "carol")],
      ["join", query({ pull: [{ folder: ["title"] }, "folder"], of: id }, "carol")],
      ["history", query({ history: id }, "carol")],
      ["diff", query({ diff: id, from: 0, to: 1 }, "carol")],
      ["past", query({ pull: ["*"], of: id, asOf: 1 }, "carol")],
      ["find", query({ find: ["?v"], in: ["?e"], args: [id], where: [["?e", "Document/title", "?v"]] }, "carol")],
      ["missing", query({ find: ["?a"], in: ["?e"], args: [id], where: [["?e", "?a", "_"]] }, "carol")],
      ["backwards", query({ pull: ["Document/_related", "Document/_folder"], of: id }, "carol")],
      ["stream", call(`/streams/File/${id}`, "carol")],
      ["check", post("/check", [{ subject: "carol", entity: id, permission: "read" }], "carol")],
      ["explain", call(`/explain?entity=${id}`, "carol")],
    ]
    const [hidden, nothing] = [about("diary"), about("nowhere")]
    for (const [i, [what, asked]] of hidden.entries()) {
      const [a, b] = [await asked, await nothing[i]![1]]
      const told = (body: Body) => JSON.stringify(body).replaceAll(/diary|nowhere|[0-9a-f-]{36}/g, "it")
      expect([what, a.status, told(a.body)]).toEqual([what, b.status, told(b.body)])
    }
  })

  test("neither counting, nor order, nor a unique value, nor a lookup tells of it [L75 QS8]", async () => {
    const before = {
      find: ["?t"],
      where: [
        ["?d", "Document/title", "?t"],
        ["?d", "Document/private", true],
      ],
      order: [["?t", "asc"]],
      limit: 1,
    }
    expect(await resultOf(before, "carol")).toEqual([])
    expect(await resultOf(before, "bob")).toEqual([["Diary"]])
    const greatest = { find: [["min", "?t"], "."], where: [["?d", "Document/title", "?t"]] }
    expect([await resultOf(greatest, "bob"), await resultOf(greatest, "dave")]).toEqual(["Budget", "Offer"])
    expect(await resultOf({ pull: ["name"], of: ["User/email", "alice@example.org"] }, "bob")).toBeNull()
    expect(await resultOf({ pull: ["name"], of: ["User/email", "bob@example.org"] }, "bob")).toEqual({
      name: "Bob Brown",
    })
    // Who could not read the notes finds nothing by them.
    const notes = { find: [["?d", "..."]], where: [["?d", "Document/notes", "?n"]] }
    expect([await resultOf(notes, "carol"), ((await resultOf(notes, "alice")) as string[]).length]).toEqual([[], 2])
    const digest = { find: ["?v"], where: [["?u", "User/passwordDigest", "?v"]] }
    expect(JSON.stringify((await query(digest, "bob")).body)).not.toContain("digest of")
  })
})

describe("who operates", () => {
  test("is known by a permission on the entity that stands for them [HA7]", async () => {
    const paths = ["/dead-letters", "/projections", "/projections/nothing/rows"]
    const statuses = (as: string) => Promise.all(paths.map(async path => (await call(path, as)).status))
    expect(await statuses("olga")).toEqual([200, 200, 404])
    expect(await statuses("bob")).toEqual([403, 403, 403])
    expect(await statuses("anonymous")).toEqual([403, 403, 403])
    expect((await post("/projections/x/rebuild", undefined, "bob")).status).toBe(403)
  })

  test("asks about others; everybody asks about themselves [L72]", async () => {
    const items = [
      { subject: "carol", entity: "plans", permission: "read" },
      { subject: "carol", entity: "plans", permission: "write" },
      { subject: "bob", entity: ["User/email", "bob@example.org"] },
      { subject: null, entity: "plans", permission: "read" },
    ]
    expect((await post("/check", items, "olga")).body).toEqual([
      { allowed: true, groups: ["guest"], permissions: ["read"] },
      { allowed: false, groups: ["guest"], permissions: ["read"] },
      { groups: ["self"], permissions: ["read", "write"] },
      { allowed: false, groups: [], permissions: [] },
    ])
    expect((await post("/check", items, "carol")).status).toBe(403)
    expect((await post("/check", items.slice(0, 1), "carol")).status).toBe(200)
    expect((await post("/check", [{ subject: 5, entity: "plans" }], "carol")).body).toMatchObject({
      code: "malformed",
      errors: [{ path: "/0/subject" }],
    })
    const own = (await call("/explain?entity=plans", "carol")).body
    expect(own).toMatchObject({
      allowed: true,
      groups: ["guest"],
      paths: [{ group: "guest", from: "plans-for-zenith" }],
    })
    expect((await call("/explain?entity=plans&subject=bob", "carol")).status).toBe(403)
    expect((await call("/explain?entity=plans&subject=bob&permission=retract", "olga")).body).toMatchObject({
      allowed: true,
    })
    expect((await call("/explain?entity=plans&asOf=1", "carol")).status).toBe(403)
    expect((await call("/explain?entity=plans&subject=dave&asOf=1", "olga")).body).toMatchObject({
      allowed: false,
      groups: [],
    })
  })
})

import { beforeAll, describe, expect, test } from "vitest"
import { seed } from "../../examples/portal/seed.ts"
import portal from "../../examples/portal/schema.json" with { type: "json" }
import { firm, people } from "./rights-firm.ts"
import { serve, started, type Call, type Said } from "./rights-runner.ts"

type Event = { readonly type: string; readonly stream: { readonly id: string }; readonly data: { attributes: object } }
type Page = { readonly events: readonly Event[]; readonly next: number; readonly isEnd: boolean }

const transact = (call: Call, as: string, ops: readonly object[], more: object = {}) =>
  call("/commands", as, { type: "Transact", data: { ops }, ...more })
const query = (call: Call, as: string, body: object) => call("/query", as, body)

/** What was answered, without what differs anyway: the ids that were asked about and those that were made. */
function told({ status, body }: Said, ...asked: readonly string[]): string {
  const plain = JSON.stringify(body).replaceAll(
    /[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z|"(?:t|basisT)":\d+/g,
    "#",
  )
  return `${status} ${asked.reduce((text, one) => text.replaceAll(one, "it"), plain)}`
}

async function begun(): Promise<Call> {
  const call = await serve(firm)
  expect((await transact(call, "system", people)).status).toBe(200)
  return call
}

describe("of what is hidden, nothing is told", () => {
  let call: Call
  beforeAll(async () => {
    call = await begun()
  })

  test("by a value that may not be read nobody is found, whatever is asked [L75 QS8]", async () => {
    const asked = async (email: string) => {
      const by = ["Person/email", email]
      const params = new URLSearchParams({ entity: JSON.stringify(by) })
      const said = [
        await call("/check", "ben", [{ subject: "ben", entity: by, permission: "read" }]),
        await call("/check", "ben", [{ subject: by, entity: "theft" }]),
        await call(`/explain?${params.toString()}`, "ben"),
        await query(call, "ben", { pull: ["name"], of: by }),
        await query(call, "ben", { pull: ["name"], of: [by, by] }),
        await query(call, "ben", { history: by }),
        await query(call, "ben", { diff: by, from: 0, to: 1 }),
        await query(call, "ben", { find: ["?n"], where: [[by, "Person/name", "?n"]] }),
        await query(call, "ben", { find: ["?n"], in: ["?e"], args: [by], where: [["?e", "Person/name", "?n"]] }),
        await query(call, "ben", { find: ["?p"], where: [["?p", "Person/email", email]] }),
        await transact(call, "cay", [{ entity: "Case", id: "fraud", set: { about: by } }]),
        await transact(call, "cay", [{ entity: "Person", id: by, set: { name: "X" } }]),
        await transact(call, "cay", [{ retract: by }]),
        await transact(call, "cay", [{ cas: "fraud", attr: "about", old: by, new: null }]),
        await transact(call, "cay", [{ entity: "Case", id: "fraud", remove: { team: [by] } }]),
      ]
      return said.map(one => told(one, email))
    }
    const nobody = await asked("none@x")
    expect(await asked("ann@x")).toEqual(nobody)
    expect(await asked("zoe@x")).toEqual(nobody)
    // Her boss may read it, and finds her by it.
    const found = await call("/check", "ann", [{ subject: "ann", entity: ["Person/email", "cay@x"] }])
    expect(found.body).toMatchObject([{ groups: ["boss", "colleague"] }])
  })

  test("a hidden target of a reference is neither compared nor removed, and its change is none [L75]", async () => {
    const tried = (id: string) => transact(call, "ann", [{ cas: "theft", attr: "about", old: id, new: "ben" }])
    expect(told(await tried("zoe"), "zoe")).toBe(told(await tried("nobody"), "nobody"))
    const removed = (id: string) => transact(call, "ann", [{ entity: "Case", id: "theft", remove: { team: [id] } }])
    expect(told(await removed("zoe"))).toBe(told(await removed("nobody")))
    const pulled = await query(call, "system", { pull: ["about", "team"], of: "theft" })
    expect(pulled.body).toMatchObject({ result: { about: "zoe", team: ["ben", "zoe"] } })
    await transact(call, "system", [{ entity: "Case", id: "theft", remove: { team: ["zoe"] } }])
    const { body } = await call("/streams/Case/theft?from=2", "ben")
    expect((body as Page).events.map(event => event.data.attributes)).toEqual([{}])
    await transact(call, "system", [{ entity: "Case", id: "theft", add: { team: ["zoe"] } }])
  })

  test("who may write a value and not read it learns nothing of it by removing or comparing it [L75 L79]", async () => {
    const tried = async (salary: number) => {
      const removed = transact(call, "ben", [{ entity: "Person", id: "ben", remove: { salary: [salary] } }])
      const compared = transact(call, "ben", [{ cas: "ben", attr: "salary", old: salary, new: salary }])
      return [told(await removed), told(await compared)]
    }
    expect(await tried(3000)).toEqual(await tried(1))
    expect((await query(call, "ann", { pull: ["salary"], of: "ben" })).body).toMatchObject({ result: { salary: 3000 } })
  })

  test("somebody else's command is nobody's, though its id can be read and its content be guessed [W23 X10]", async () => {
    const ops = [
      { entity: "Case", id: "theft", set: { secret: "new" } },
      { entity: "Case", id: "~hidden", set: { title: "Hidden", lead: "ann" } },
    ]
    const first = await transact(call, "ann", ops, { id: "by-ann" })
    expect(first).toMatchObject({ status: 200, body: { result: { ids: { "~hidden": expect.any(String) } } } })
    expect((await transact(call, "ann", ops, { id: "by-ann" })).body).toMatchObject({
      id: "by-ann",
      state: "succeeded",
    })
    const same = await transact(call, "ben", ops, { id: "by-ann" })
    expect(same).toMatchObject({ status: 409, body: { code: "duplicate-conflict" } })
    expect(told(same)).toBe(told(await transact(call, "ben", [], { id: "by-ann" })))
    const unknown = told(await call("/commands/by-nobody", "ben"), "by-nobody")
    expect(told(await call("/commands/by-ann", "ben"), "by-ann")).toBe(unknown)
    const aborted = told(await call("/commands/by-nobody/abort", "ben", {}), "by-nobody")
    expect(told(await call("/commands/by-ann/abort", "ben", {}), "by-ann")).toBe(aborted)
  })

  test("two who ask for the same under one id at once are not both answered with one's outcome [X10]", async () => {
    const ops = [{ entity: "Case", id: "~mine", set: { title: "Mine", lead: "cay" } }]
    const said = await Promise.all(["cay", "ann"].map(as => transact(call, as, ops, { id: "at-once" })))
    expect(said.map(({ status }) => status).filter(status => status === 200).length).toBeLessThan(2)
  })

  test("where a page of events ends tells neither how many are hidden, nor of which type [UH3 X17]", async () => {
    for (let i = 0; i < 5; i++) {
      await transact(call, "system", [{ entity: "Case", id: "inner", set: { title: `Inner ${i}` } }])
    }
    await transact(call, "system", [{ entity: "Case", id: "fraud", set: { title: "Fraud!" } }])
    await transact(call, "system", [{ retract: "note-zoe" }])
    const newest = (await query(call, "cay", { pull: ["@id"], of: "cay" })).body as { basisT: number }
    const pages = async (types: string) => {
      const ends: number[] = []
      for (let after = 1; ;) {
        const { body } = await call(`/events?after=${after}&limit=1&types=${types}`, "cay")
        const page = body as Page
        ends.push(page.events.length)
        expect(page.next).toBeGreaterThan(page.isEnd ? after - 1 : after)
        after = page.next
        if (page.isEnd) return [ends, after]
      }
    }
    expect(await pages("EntityRetracted")).toEqual([[0], newest.basisT])
    expect(await pages("NoSuchType")).toEqual([[0], newest.basisT])
    // Hers, and what lost its part.
    const [ends] = await pages("EntityChanged")
    expect(ends).toEqual([1, 1])
  })

  test("derived from what may not be read there is nothing: neither order, nor aggregates, nor backwards [L75 QS8]", async () => {
    const results = async (body: object) => (await query(call, "ben", body)).body as { result: unknown }
    const person = ["?p", "Person/name", "?n"]
    const salary = [["getElse", "?p", "Person/salary", 0], "?s"]
    const sorted = { find: ["?n", "?s"], where: [person, salary], order: [["?s", "desc"]] }
    expect((await results(sorted)).result).toEqual([
      ["Ann", 0],
      ["Ben", 0],
      ["Cay", 0],
    ])
    const missing = { find: [["?n", "..."]], where: [person, [["missing", "?p", "Person/salary"]]] }
    expect((await results(missing)).result).toEqual(["Ann", "Ben", "Cay"])
    const max = { find: [["max", "?s"], "."], where: [["?p", "Person/salary", "?s"]] }
    expect((await results(max)).result).toBeNull()
    const without = { find: [["?n", "..."]], where: [person, ["not", ["?p", "Person/mentor", "zoe"]]] }
    expect((await results(without)).result).toEqual(["Ann", "Ben", "Cay"])
    expect((await results({ find: ["?e", "?a"], where: [["?e", "?a", "zoe"]] })).result).toEqual([])
    expect((await results({ pull: ["Person/_mentor", "Case/_about"], of: "ann" })).result).toEqual({})
    const variables = { find: [["?a", "..."]], where: [["ann", "?a", "_"]] }
    expect((await results(variables)).result).toEqual(["Person/boss", "Person/name", "Person/public"])
    const ruled = {
      find: [["?v", "..."]],
      where: [["of", "?p", "?v"]],
      rules: [
        [
          ["of", "?p", "?v"],
          ["?p", "Person/salary", "?v"],
        ],
      ],
    }
    expect((await results(ruled)).result).toEqual([])
  })

  test("a file is its holder's, under each attribute's rule, and asked about with what was known of it [L80]", async () => {
    const url = await started(firm)
    const headers = (as: string) => ({ "daybook-as": as, "content-type": "text/plain" })
    const post = async (path: string, as: string, body: string, type = "application/json") => {
      const sent = { method: "POST", body, headers: { ...headers(as), "content-type": type } }
      return (await (await fetch(url + path, sent)).json()) as { file: string; sha256: string }
    }
    const ops = JSON.stringify({ type: "Transact", data: { ops: people } })
    await post("/commands", "system", ops)
    const scan = await post("/files", "ann", "what was seen", "text/plain")
    const held = { type: "Transact", data: { ops: [{ entity: "Case", id: "inner", set: { scan } }] } }
    await post("/commands", "system", JSON.stringify(held))
    const status = async (id: string, as: string, more: object = {}) => {
      const response = await fetch(`${url}/files/${id}`, { headers: { ...headers(as), ...more } })
      await response.text()
      return response.status
    }
    expect(await Promise.all(["zoe", "ann", "ben", "cay", "anonymous"].map(as => status(scan.file, as)))).toEqual([
      200, 200, 200, 404, 404,
    ])
    expect(await status(scan.file, "cay", { "if-none-match": `"${scan.sha256}"` })).toBe(404)
    // Who knows of it cannot come by it, nor learn that it is there, by holding it as well; who may read it can.
    const hold = async (as: string, scan: object | string) => {
      const ops = [{ entity: "Case", id: "~own", set: { lead: as, scan } }]
      const said = await post("/commands", as, JSON.stringify({ type: "Transact", data: { ops } }))
      return JSON.stringify(said).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|nothing|[0-9a-f]{64}/g, "it")
    }
    expect(await hold("cay", scan.file)).toBe(await hold("cay", "nothing"))
    expect(await hold("cay", scan)).toBe(await hold("cay", { ...scan, file: "nothing" }))
    expect(await hold("cay", scan)).toContain("was not uploaded")
    expect(await status(scan.file, "cay")).toBe(404)
    expect(await hold("ben", scan.file)).toContain("succeeded")
    expect(await status(scan.file, "ben", { "if-none-match": `"${scan.sha256}"` })).toBe(304)
  })
})

test("with an id comes its past: who makes one anew must have been able to make it, and to read all of it [L84 X19]", async () => {
  const call = await begun()
  await transact(call, "system", [{ entity: "Note", id: "note-ben", set: { on: "fraud" } }])
  expect(await transact(call, "ann", [{ retract: "theft" }])).toMatchObject({ status: 200 })
  const anew = (as: string) => transact(call, as, [{ entity: "Case", id: "theft", set: { title: "Mine", lead: as } }])
  const taken = { status: 409, body: { code: "conflict" } }
  // Ben read it when it was there, but not its secret; Cay never did.
  expect(await anew("ben")).toMatchObject(taken)
  expect(told(await anew("cay"), "cay")).toBe(told(await anew("ben"), "ben"))
  const past = await query(call, "ben", { history: "theft" })
  expect(JSON.stringify(past.body)).not.toContain("It was Zoe")
  expect(await anew("ann")).toMatchObject({ status: 200 })
  expect(JSON.stringify((await query(call, "ann", { history: "theft" })).body)).toContain("It was Zoe")
})

test("who lost what they saw sees nothing of its past [L84]", async () => {
  const call = await begun()
  const seen = (as: string) =>
    Promise.all([
      query(call, as, { history: "theft" }),
      query(call, as, { diff: "theft", from: 0, to: 1 }),
      query(call, as, { pull: ["*"], of: "theft", asOf: 1 }),
      query(call, as, { find: ["?t"], where: [["theft", "Case/title", "?t"]], asOf: 1 }),
      query(call, as, { find: ["?e", "?a", "?v"], where: [["?e", "?a", "?v"]], in: ["?e"], args: ["theft"], since: 0 }),
      call("/streams/Case/theft", as),
    ])
  expect((await seen("ben")).map(({ body }) => JSON.stringify(body).includes("Theft"))).toEqual(Array(6).fill(true))
  await transact(call, "ann", [{ entity: "Case", id: "theft", remove: { team: ["ben"] } }])
  const after = await seen("ben")
  const stranger = await seen("cay")
  expect(after.map(one => told(one))).toEqual(stranger.map(one => told(one)))
  expect(JSON.stringify(after)).not.toContain("Theft")
})

test("a feed that is open tells nothing more of what its reader has lost, and what they come to see [UH3 UH6]", async () => {
  const url = await started(firm)
  const transact = async (as: string, ...ops: object[]) => {
    const headers = { "daybook-as": as, "content-type": "application/json" }
    const body = JSON.stringify({ type: "Transact", data: { ops } })
    expect((await fetch(`${url}/commands`, { method: "POST", headers, body })).status).toBe(200)
  }
  await transact("system", ...people)
  const reading = new AbortController()
  const headers = { accept: "text/event-stream", "daybook-as": "ben" }
  const { body } = await fetch(`${url}/events?after=1`, { headers, signal: reading.signal })
  await transact("ann", { entity: "Case", id: "theft", set: { title: "Seen" } })
  await transact("ann", { entity: "Case", id: "theft", set: { secret: "Unread" } })
  await transact("ann", { entity: "Case", id: "theft", remove: { team: ["ben"] } })
  await transact("ann", { entity: "Case", id: "theft", set: { title: "Lost" } })
  await transact("cay", { entity: "Case", id: "fraud", set: { title: "Never" } })
  await transact("ann", { entity: "Case", id: "theft", set: { title: "Back", team: ["ben"] } })
  await transact("ben", { entity: "Person", id: "ben", set: { name: "The end" } })
  let text = ""
  for await (const chunk of body!) {
    text += Buffer.from(chunk).toString("utf8")
    if (text.includes("The end")) break
  }
  reading.abort()
  expect(text).not.toMatch(/Unread|Never|zoe/)
  expect(text).toContain("Back")
  // How it is told depends on when the feed looked, by the rights of that moment; what is told is in order, each once.
  const ids = [...text.matchAll(/^id: (\d+)\.(\d+)$/gm)].map(([, t]) => Number(t))
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
})

test("in the portal, each op on what is hidden is answered as on what is not there [L79]", async () => {
  const call = await serve(portal)
  for (const { data } of seed) await transact(call, "system", data["ops"] as object[])
  const ops = (id: string): readonly (readonly object[])[] => [
    [{ entity: "File", id, set: { title: "x" } }],
    [{ entity: "File", id, set: { nothing: 1 } }],
    [{ entity: "File", id, set: { title: 5 } }],
    [{ entity: "Folder", id, set: { title: "x" } }],
    [{ entity: "User", id, set: { name: "x" } }],
    [{ retract: id }],
    [{ cas: id, attr: "title", old: "Diary", new: "x" }],
    [{ cas: id, attr: "nothing", old: null, new: "x" }],
    [{ entity: "File", id: "offer", set: { related: [id] } }],
    [{ entity: "File", id: "offer", add: { related: [id] } }],
    [{ entity: "File", id: "offer", remove: { related: [id] } }],
    [{ entity: "File", id: "offer", set: { folder: id } }],
    [{ entity: "File", id: "offer", set: { owner: id } }],
    [{ entity: "File", id: "offer", set: { "Document/_related": [id] } }],
    [{ entity: "File", id: "offer", set: { related: [{ entity: "File", id, set: { title: "x" } }] } }],
    [{ entity: "File", id: "~f", set: { owner: "carol", folder: id } }],
  ]
  for (const as of ["carol", "dave", "anonymous"]) {
    for (const [i, some] of ops("diary").entries()) {
      const hidden = told(await transact(call, as, some), "diary")
      expect([as, i, hidden]).toEqual([as, i, told(await transact(call, as, ops("nowhere")[i]!), "nowhere")])
    }
    for (const more of [{ expectedVersion: 0 }, { expectedVersion: 1 }, { expectedVersion: 9 }, { basisT: 0 }]) {
      const [hidden, missing] = ["diary", "nowhere"].map(id => {
        const target = { type: "File", id }
        return transact(call, as, [{ entity: "File", id, set: { title: "x" } }], { target, ...more })
      })
      expect(told(await hidden!, "diary")).toBe(told(await missing!, "nowhere"))
    }
  }
})

import { once } from "node:events"
import { existsSync, writeFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { gzipSync } from "node:zlib"
import { beforeAll, describe, expect, test } from "vitest"
import { amountsIn, csv, desk, eventsIn, expectOnce, exported, rows, saidOf } from "./logs.ts"
import { run, serve, start, workshop, type Event } from "./world.ts"

const { at, written } = desk()

describe("what export prints, import reads", () => {
  let log: string

  // A daybook with everything in it: several events a transaction, rejections, transactions of nothing, entities gone.
  beforeAll(async () => {
    const server = await serve([workshop, "--data", at("first")])
    const piece = (id: string) => ({ type: "Piece", id })
    const glaze = { glaze: "blüe\u2028👩‍🚀", grams: 1 }
    for (let i = 0; i < 20; i++) {
      await server.command({
        type: "PlacePiece",
        target: piece(`p${i % 7}`),
        data: { ...glaze, grams: i === 9 ? 9_999 : i + 1 },
      })
    }
    await server.command({
      type: "PlacePiece",
      target: piece("old"),
      data: glaze,
      occurredAt: "2011-10-01T00:38:44.546+02:00",
    })
    await server.command({ type: "Fire", target: { type: "Kiln", id: "k" }, data: { ms: 1 } })
    await server.command({ type: "Stumble", target: piece("p1") })
    await server.transact(
      { entity: "Piece", id: "p1", set: { glaze: null, grams: 5 } },
      { entity: "Kiln", set: { label: "x\u0000\u202e" } },
    )
    await server.transact({ retract: "p2" })
    await server.stop()
    log = await exported(at("first"))
  })

  test("byte by byte: a daybook from it is the same daybook [N12 N37 X1]", async () => {
    expect(log.endsWith("\n")).toBe(true)
    expect(eventsIn(log).length).toBeGreaterThan(25)
    for (const [name, bytes] of [
      ["log.jsonl", Buffer.from(log)],
      ["log.jsonl.gz", gzipSync(log)],
    ] as const) {
      const data = at(`from-${name}`)
      const { code, err } = await run(["import", written(name, bytes), "--app", workshop, "--data", data])
      expect([name, code, err]).toEqual([name, 0, expect.not.stringContaining("error")])
      expect(await exported(data)).toBe(log)
      expect((await run(["verify", "--app", workshop, "--data", data])).out).toContain("clean")
    }
  })

  test("and serves it: streams, read models, ids, and no effect is done again [N40 N49]", async () => {
    const broken = written("broken", "")
    const server = await serve([workshop, "--data", at("from-log.jsonl")], { env: { WORKSHOP_BROKEN: broken } })
    const t = eventsIn(log).at(-1)!.t
    const rows = (await server.ask(`/projections/by-glaze/rows?minT=${t}`)).body.items
    expect(rows).toHaveLength(1)
    expect((await server.ask("/streams/Piece/p1")).body.events).toEqual(eventsIn(log).filter(e => e.stream.id === "p1"))
    expect((await server.ask("/dead-letters")).body.items).toEqual([])
    // A command of before is known by its id: it is not done a second time.
    const { type, id } = eventsIn(log)[0]!.causedBy
    const again = await server.command({
      id,
      type,
      target: { type: "Piece", id: "p0" },
      data: { glaze: "red", grams: 1 },
    })
    expect([again.status, again.body.code]).toEqual([409, "duplicate-conflict"])
    const next = await server.command({
      type: "PlacePiece",
      target: { type: "Piece", id: "p0" },
      data: { glaze: "red", grams: 1 },
    })
    expect(next.body.t).toBeGreaterThan(t)
    await server.stop()
  })

  test("twice is once; another history is refused; what went before a cut is kept, and it can go on [N14]", async () => {
    const [data, file] = [at("again"), written("whole.jsonl", log)]
    const lines = log.split("\n")
    const cut = written("cut.jsonl", [...lines.slice(0, 9), lines[9]!.slice(0, 90)].join("\n"))
    const first = await run(["import", cut, "--app", workshop, "--data", data])
    expect([first.code, first.err]).toEqual([1, expect.stringContaining("line 10")])
    const kept = await exported(data)
    expect(log.startsWith(kept) && kept.length > 100).toBe(true)
    for (let i = 0; i < 2; i++) expect((await run(["import", file, "--app", workshop, "--data", data])).code).toBe(0)
    expect(await exported(data)).toBe(log)

    for (const [name, change] of [
      ["other data", log.replace('"grams":1', '"grams":2')],
      ["a line twice", `${lines[0]}\n${log}`],
      ["a line missing", lines.slice(1).join("\n")],
    ] as const) {
      const file = written("changed.jsonl", change)
      const { code, err } = await run(["import", file, "--app", workshop, "--data", at(`changed ${name}`)])
      const here = await run(["import", file, "--app", workshop, "--data", data])
      const isNoticed = code !== 0 || name === "other data"
      expect([name, isNoticed, here.code === 0]).toEqual([name, true, false])
      expect(`${err}${here.err}`).toMatch(/line \d+|at t \d+|[Tt]ransaction \d+/)
    }
    expect(await exported(data)).toBe(log)
  })

  test("--after takes a t or an instant, --types names types [L84]", async () => {
    const all = eventsIn(log)
    const t = all[10]!.t
    expect(await exported(at("first"), "--after", String(t))).toBe(linesOf(log, e => e.t > t))
    expect(await exported(at("first"), "--after", all[10]!.at)).toBe(linesOf(log, e => e.at > all[10]!.at))
    expect(await exported(at("first"), "--types", "PieceTooHeavy,KilnFired")).toBe(
      linesOf(log, e => e.type === "PieceTooHeavy" || e.type === "KilnFired"),
    )
    for (const bad of ["soon"]) {
      const { code, err } = await run(["export", "--data", at("first"), "--after", bad])
      expect([code, err]).toEqual([2, expect.stringContaining(bad)])
    }
    const none = await run(["export", "--data", at("nowhere")])
    expect([none.code, none.out, existsSync(at("nowhere"))]).toEqual([2, "", false])
  })

  test("is printed while a server goes on writing: a whole part of it, up to where it began", async () => {
    const server = await serve([workshop, "--data", at("busy")])
    const over = new AbortController()
    const place = (id: string) => ({
      type: "PlacePiece",
      target: { type: "Piece", id },
      data: { glaze: "b", grams: 1 },
    })
    const load = Array.from({ length: 4 }, async (_, w) => {
      for (let i = 0; !over.signal.aborted; i++) await server.command(place(`${w}-${i}`))
    })
    await pause(150)
    const part = eventsIn(await exported(at("busy")))
    over.abort()
    await Promise.all(load)
    expect(part.length).toBeGreaterThan(10)
    expect(part.map(e => e.t)).toEqual(part.map((_, i) => 1 + Math.floor(i / 2)))
    await server.stop()
    expect((await exported(at("busy"))).split("\n").slice(0, part.length)).toEqual(part.map(e => JSON.stringify(e)))
  })
})

describe("a log of another program becomes cases", () => {
  test("killed on the way and asked for again, each line is there once [TR4 N54]", async () => {
    await expectOnce(written("log.csv", csv), at("cases-log.csv"), [600])
    expect(rows).toHaveLength(12_000)
  })

  test("asked to stop, it stops with 1, says so, and goes on from there", async () => {
    const [data, file] = [at("stopped"), at("log.csv")]
    const child = start(["import", file, "--data", data])
    const exit = once(child, "exit")
    // It may be done before it has anything to say.
    await Promise.race([once(child.stderr!, "data"), exit])
    child.kill("SIGTERM")
    const [code] = (await exit) as [number]
    expect([0, 1]).toContain(code)
    expect((await run(["import", file, "--data", data])).code).toBe(0)
    expect(amountsIn(await exported(data))).toEqual(rows.map((_, i) => i))
  })

  const xes = (traces: number) => {
    const event = (e: number) =>
      `<event><string key="concept:name" value="act ${e}"/><date key="time:timestamp" value="2011-10-01T00:38:44.546+02:00"/></event>`
    const trace = (t: number) =>
      `<trace><string key="concept:name" value="trace ${t}"/>${[0, 1, 2].map(event).join("")}</trace>`
    const traced = Array.from({ length: traces }, (_, t) => trace(t)).join("\n")
    return `<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n${traced}\n</log>\n`
  }

  test("an XES file that is cut: the place is named, what came before is kept, and the whole one goes on [X6]", async () => {
    const whole = xes(40)
    const [data, file] = [at("xes"), at("bank.xes")]
    for (const part of [0.7]) {
      writeFileSync(file, whole.slice(0, Math.floor(whole.length * part)))
      const { code, err } = await run(["import", file, "--data", data])
      expect([code, err]).toEqual([1, expect.stringMatching(/bank\.xes at event \d+, byte \d+.*(?:ends|closed)/)])
    }
    expect(eventsIn(await exported(data)).length).toBeGreaterThan(60)
    writeFileSync(file, whole)
    expect((await run(["import", file, "--data", data])).code).toBe(0)
    const events = eventsIn(await exported(data))
    expect(events.length).toBe(120)
    expect(new Set(events.map(e => e.occurredAt))).toEqual(new Set(["2011-10-01T00:38:44.546+02:00"]))
  })

  test.each([
    ["no-columns.csv", "a,b\n1,2\n", /row 1.*"a", "b".*case.*activity/],
    ["short-row.csv", "case,activity,time\nc,a,2020-01-01T00:00:00Z\nc,a\n", /row 3.*2 fields/],
    ["half.jsonl", '{"case":"c","activity":"a"}\n{"case":"c"\n', /line 2/],
    ["cut.csv.gz", gzipSync(csv).subarray(0, 2_000), /cut\.csv\.gz/],
  ])("%s is refused with its name and the place", async (name, text, place) => {
    const said = await saidOf(written(name, text), at(`bad-${name}`))
    expect(said).toContain(name)
    expect(said).toMatch(place)
  })

  test("a file that is not there exits with 2, and leaves no daybook behind", async () => {
    const { code, err } = await run(["import", at("nothing.csv"), "--data", at("untouched")])
    expect([code, err, existsSync(at("untouched"))]).toEqual([2, expect.stringContaining("nothing.csv"), false])
  })

  test("another app's daybook is not written into [N42]", async () => {
    const before = await exported(at("first"))
    const { code, err } = await run(["import", at("log.csv"), "--data", at("first")])
    expect([code, err]).toEqual([2, expect.stringContaining("workshop")])
    expect(await exported(at("first"))).toBe(before)
  })
})

test("the command line asks for commands as well: an import is one for each line [W31 A33]", async () => {
  const data = at("cases-log.csv")
  expect((await run(["streams", "--data", data])).out.length).toBeGreaterThan(1_000)
  const [event] = eventsIn(await exported(data, "--after", "11999"))
  expect(event).toMatchObject({ t: 12_000, causedBy: { type: "RecordLine" }, actor: "system" })
})

function linesOf(log: string, wanted: (event: Event) => boolean): string {
  return log
    .split("\n")
    .filter(line => line !== "" && wanted(JSON.parse(line) as Event))
    .map(line => `${line}\n`)
    .join("")
}

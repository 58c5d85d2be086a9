import { afterAll, beforeAll, expect, test } from "vitest"
import { Feed } from "./feed.ts"
import { allEvents, folder, serve, workshop, type Event, type Served } from "./world.ts"

const data = folder()
let server: Served
let log: readonly Event[]
const place = (i: number) => ({
  type: "PlacePiece",
  target: { type: "Piece", id: `p${i}` },
  data: { glaze: "blue", grams: i % 5 === 4 ? 9_000 : 1 },
})
const idOf = (event: Event) => `${event.t}.${event.n}`
const told = (feed: Feed) => feed.told.map(message => JSON.parse(message.data) as Event)

beforeAll(async () => {
  server = await serve([workshop, "--data", data])
  for (let i = 0; i < 12; i++) await server.command(place(i))
  log = await allEvents(server.ask)
})
afterAll(() => server.stop())

test("a feed tells all that was, then all that comes: each with its id T.N and its type [HA4 UH6]", async () => {
  const feed = await Feed.open(`${server.url}/events`)
  expect([feed.status, feed.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/event-stream")])
  await feed.until(log.length)
  await Promise.all(Array.from({ length: 40 }, (_, i) => server.command(place(100 + i))))
  log = await allEvents(server.ask, "", 1_000)
  await feed.until(log.length)
  expect(told(feed)).toEqual(log)
  expect(feed.told.map(m => m.id)).toEqual(log.map(idOf))
  expect(feed.told.map(m => m.event)).toEqual(log.map(e => e.type))
  await feed.close()
})

test("cut at any event, it goes on with the very next one, also in the middle of a transaction [HA4 WP9]", async () => {
  const cuts = log.slice(0, 24)
  const feeds = await Promise.all(
    cuts.map(event => Feed.open(`${server.url}/events`, { "last-event-id": idOf(event) })),
  )
  for (const [i, feed] of feeds.entries()) {
    await feed.until(log.length - i - 1)
    expect(told(feed)).toEqual(log.slice(i + 1))
  }
  await Promise.all(feeds.map(feed => feed.close()))
})

test("Last-Event-ID counts more than after; after alone begins behind that t [HA4]", async () => {
  const [third, seventh] = [log[3]!, log[7]!]
  const resumed = await Feed.open(`${server.url}/events?after=${seventh.t}`, { "last-event-id": idOf(third) })
  await resumed.until(log.length - 4)
  expect(told(resumed)).toEqual(log.slice(4))
  const begun = await Feed.open(`${server.url}/events?after=${seventh.t}`)
  const behind = log.filter(e => e.t > seventh.t)
  await begun.until(behind.length)
  expect(told(begun)).toEqual(behind)
  await Promise.all([resumed.close(), begun.close()])
})

test("by types it tells those alone, and resumes behind one that it did not tell", async () => {
  const heavy = log.filter(e => e.type === "PieceTooHeavy")
  const feed = await Feed.open(`${server.url}/events?types=PieceTooHeavy`)
  await feed.until(heavy.length)
  expect(told(feed)).toEqual(heavy)
  await feed.close()
  const other = log.find(e => e.type !== "PieceTooHeavy" && e.t > heavy[0]!.t)!
  const resumed = await Feed.open(`${server.url}/events?types=PieceTooHeavy`, { "last-event-id": idOf(other) })
  const rest = heavy.filter(e => e.t > other.t)
  await resumed.until(rest.length)
  expect(told(resumed)).toEqual(rest)
  await resumed.close()
})

test("what is no place in this log is refused", async () => {
  for (const id of ["x", "1.", "-1.0", "1.5.2", "1e3.0", "1.-1"]) {
    const feed = await Feed.open(`${server.url}/events`, { "last-event-id": id })
    expect([id, feed.status]).toEqual([id, 400])
    await feed.close()
  }
  // Who is ahead of this log has read another one.
  const ahead = await Feed.open(`${server.url}/events`, { "last-event-id": "99999999.0" })
  expect(ahead.status).toBe(409)
  await ahead.close()
  const feed = await Feed.open(`${server.url}/events?after=x`)
  expect([feed.status, feed.headers.get("content-type")]).toEqual([400, expect.stringContaining("problem+json")])
  await feed.close()
})

test("whoever reads while the server is killed and started again misses nothing and reads nothing twice [UH6 N9]", async () => {
  const seen: string[] = []
  const { port } = new URL(server.url)
  let last: string | null = null
  for (let round = 0; round < 3; round++) {
    const feed: Feed = await Feed.open(
      `${server.url}/events?limit=1000`.replace("?limit=1000", ""),
      last === null ? {} : { "last-event-id": last },
    )
    const load = Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => server.command(place(1_000 + round * 100 + i))),
    )
    await feed.until(20)
    await server.stop("SIGKILL")
    await load
    await feed.ended
    seen.push(...feed.told.map(m => m.id))
    last = seen.at(-1)!
    server = await serve([workshop, "--data", data], {}, ["--dev", "--port", port])
  }
  const all = await allEvents(server.ask, "", 1_000)
  const rest = await Feed.open(`${server.url}/events`, { "last-event-id": last! })
  await rest.until(all.length - seen.length)
  expect([...seen, ...rest.told.map(m => m.id)]).toEqual(all.map(idOf))
  await rest.close()
})

import { once } from "node:events"
import { expect, test } from "vitest"
import { Feed } from "../journeys/feed.ts"
import { allEvents, folder, serve, workshop, type Served } from "../journeys/world.ts"

const place = (id: string, i: number) => ({
  id: `place-${id}`,
  type: "PlacePiece",
  target: { type: "Piece", id },
  data: { glaze: ["blue", "green"][i % 2]!, grams: i % 7 === 6 ? 9_000 : 1 + i },
})

/** Places pieces until it is told to stop, or the server is gone. Returns how many were acknowledged. */
async function load(server: Served, name: string, stop: AbortSignal): Promise<number> {
  let done = 0
  for (let i = 0; !stop.aborted; i++) {
    const answer = await server.command(place(`${name}-${i}`, i)).catch(() => null)
    if (answer === null) return done
    if (answer.status === 200) done++
  }
  return done
}

test("readers that are cut off at every place, of a server that is killed again and again, miss nothing and read nothing twice [UH6 N9 WP9 HA4]", async () => {
  const data = folder()
  const readers = Array.from({ length: 6 }, () => [] as string[])
  let acknowledged = 0
  let server = await serve([workshop, "--data", data])
  const { port } = new URL(server.url)
  for (let round = 0; round < 20; round++) {
    const over = new AbortController()
    const loads = [0, 1, 2].map(w => load(server, `${round}-${w}`, over.signal))
    await Promise.all(
      readers.map(async (seen, r) => {
        // Each is cut off somewhere else, also in the middle of a transaction, and comes back at once.
        for (let cut = 0; cut < 4; cut++) {
          const last = seen.at(-1)
          const feed = await Feed.open(`${server.url}/events`, last === undefined ? {} : { "last-event-id": last })
          const take = 1 + ((round * 7 + cut * 3 + r) % 9)
          await feed.until(take)
          seen.push(...feed.told.slice(0, take).map(m => m.id))
          await feed.close()
        }
      }),
    )
    server.child.kill("SIGKILL")
    await once(server.child, "exit")
    over.abort()
    acknowledged += (await Promise.all(loads)).reduce((sum, done) => sum + done, 0)
    server = await serve([workshop, "--data", data], {}, ["--dev", "--port", port])
  }
  const all = (await allEvents(server.ask, "", 1_000)).map(e => `${e.t}.${e.n}`)
  expect(all.length).toBeGreaterThan(acknowledged)
  for (const seen of readers) {
    const feed = await Feed.open(`${server.url}/events`, { "last-event-id": seen.at(-1)! })
    await feed.until(all.length - seen.length)
    expect([...seen, ...feed.told.map(m => m.id)]).toEqual(all)
    await feed.close()
  }
  await server.stop()
}, 600_000)

test("every event of a log is a place to go on from", async () => {
  const server = await serve([workshop, "--data", folder()])
  const commands = Array.from({ length: 300 }, (_, i) => place(`p${i % 40}`, i)).map((c, i) => ({ ...c, id: `c${i}` }))
  await server.ask("/commands", { json: commands })
  const all = (await allEvents(server.ask, "", 1_000)).map(e => `${e.t}.${e.n}`)
  for (const [i, id] of all.entries()) {
    const feed = await Feed.open(`${server.url}/events`, { "last-event-id": id })
    await feed.until(Math.min(20, all.length - i - 1))
    expect(feed.told.slice(0, 20).map(m => m.id)).toEqual(all.slice(i + 1, i + 1 + Math.min(20, feed.told.length)))
    await feed.close()
  }
  await server.stop()
}, 600_000)

import { benchApp } from "../app.ts"
import { handMade, type HandMade } from "../floor.ts"
import { closedLoop, emptyFolder, type Bench } from "../harness.ts"
import { add, change, fill, opened, scattered } from "../opened.ts"

/** That a command costs the same however many entities there are, and however long a stream is. */
export const growth: Bench = {
  name: "growth",
  says: "the cost of a command with 1,000 to 1,000,000 entities, and on streams of 1 to 10,000 events",
  async run(say) {
    const daybook = await opened(benchApp, emptyFolder("growth"))
    const floor = handMade(emptyFolder("growth-floor"))
    let there = 0
    for (const entities of [1_000, 10_000, 100_000, 1_000_000]) {
      await fill(daybook, "Plain", entities - there, there)
      await fillByHand(floor, there, entities)
      there = entities
      const creating = await closedLoop(64, 2, i => add(daybook, "Plain", 10_000_000 + entities * 10 + i))
      const changing = await closedLoop(64, 2, i => change(daybook, "Plain", scattered(i, entities), i))
      const byHand = await closedLoop(64, 2, i => floor.change(scattered(i, entities) + 1, i))
      const name = entities.toLocaleString("en")
      say({ figure: `create with ${name} entities, 64 callers`, value: creating.perSecond, unit: "commands/s" })
      say({
        figure: `change one of ${name} entities, 64 callers`,
        value: changing.perSecond,
        unit: "commands/s",
        floor: byHand.perSecond,
      })
    }
    floor.close()
    let length = 1
    for (const events of [10, 100, 1_000, 10_000]) {
      for (; length < events; length += 500) {
        await Promise.all(
          Array.from({ length: Math.min(500, events - length) }, (_, i) => change(daybook, "Plain", 7, i)),
        )
      }
      length = events
      const load = await closedLoop(1, 2, i => change(daybook, "Plain", 7, i))
      const name = events.toLocaleString("en")
      say({
        figure: `command on a stream of more than ${name} events, 1 caller`,
        value: load.perSecond,
        unit: "commands/s",
      })
    }
    await daybook.close()
  },
}

async function fillByHand(floor: HandMade, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 512) {
    await Promise.all(Array.from({ length: Math.min(512, to - at) }, async (_, i) => floor.create(at + i)))
  }
}

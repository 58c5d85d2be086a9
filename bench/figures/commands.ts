import { benchApp } from "../app.ts"
import { handMade } from "../floor.ts"
import { closedLoop, emptyFolder, type Bench, type Figure } from "../harness.ts"
import { add, change, fill, opened, scattered } from "../opened.ts"

const wanted = [
  { callers: 1, atLeast: 3_000 },
  { callers: 16, atLeast: 12_000 },
  { callers: 256, atLeast: 20_000 },
]

const entities = 100_000

/** Commands through the whole pipeline, durable when they are answered. */
export const commands: Bench = {
  name: "commands",
  says: "commands that make and change entities, in process",
  async run(say) {
    for (const { callers, atLeast } of wanted) await creating(callers, atLeast, say)
    await creatingIndexed(say)
    await changing(say)
    await longStreams(say)
  },
}

async function creating(callers: number, atLeast: number, say: (figure: Figure) => void): Promise<void> {
  const floor = handMade(emptyFolder("floor"))
  const byHand = await closedLoop(callers, 4, i => floor.create(i))
  floor.close()
  const daybook = await opened(benchApp, emptyFolder("create"))
  const load = await closedLoop(callers, 4, i => add(daybook, "Plain", i))
  await daybook.close()
  say({
    figure: `create, ${callers} callers`,
    value: load.perSecond,
    unit: "commands/s",
    atLeast,
    floor: byHand.perSecond,
  })
  if (callers === 256)
    say({ figure: "create, 256 callers, p99", value: load.p99Ms, unit: "ms", atMost: 25, floor: byHand.p99Ms })
}

async function creatingIndexed(say: (figure: Figure) => void): Promise<void> {
  const daybook = await opened(benchApp, emptyFolder("create-indexed"))
  const load = await closedLoop(256, 4, i => add(daybook, "Indexed", i))
  await daybook.close()
  say({
    figure: "create with 2 of 5 attributes indexed, 256 callers",
    value: load.perSecond,
    unit: "commands/s",
    atLeast: 10_000,
  })
}

async function changing(say: (figure: Figure) => void): Promise<void> {
  const daybook = await opened(benchApp, emptyFolder("change"))
  await fill(daybook, "Indexed", entities)
  const load = await closedLoop(256, 5, i => change(daybook, "Indexed", scattered(i, entities), i))
  await daybook.close()
  const figure = "change 1 indexed and 1 plain attribute of one of 100,000, 256 callers"
  say({ figure, value: load.perSecond, unit: "commands/s", atLeast: 6_000 })
}

async function longStreams(say: (figure: Figure) => void): Promise<void> {
  const daybook = await opened(benchApp, emptyFolder("streams"))
  const streams = 300
  await fill(daybook, "Plain", streams)
  for (let round = 1; round < 100; round++) {
    await Promise.all(Array.from({ length: streams }, (_, i) => change(daybook, "Plain", i, round)))
  }
  const load = await closedLoop(16, 4, i => change(daybook, "Plain", scattered(i, streams), i))
  await daybook.close()
  say({
    figure: "commands on entities with 100 events, 16 callers",
    value: load.perSecond,
    unit: "commands/s",
    atLeast: 10_000,
  })
}

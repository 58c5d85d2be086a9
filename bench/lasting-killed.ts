import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { emptyFolder, type Figure } from "./harness.ts"

const script = fileURLToPath(new URL("lasting-process.ts", import.meta.url))

type Said = {
  readonly at: number
  readonly said: string
  readonly ids?: readonly string[]
  readonly succeeded?: number
}

/**
 * A process has so many lasting commands in hand, each of which waits for a command whose handler has begun, and is
 * killed. How long it takes the next one, from its start, to bring the first of them to its end, and all.
 */
export async function killedWithMuchInHand(count: number, say: (figure: Figure) => void): Promise<void> {
  const folder = emptyFolder("killed")
  const first = started({ folder, task: "hold", count })
  const { ids = [] } = await saidBy(first, "held")
  const killed = once(first.process, "exit")
  first.process.kill("SIGKILL")
  await killed
  const before = performance.timeOrigin + performance.now()
  const second = started({ folder, task: "go on", count })
  second.process.stdin!.write(`${ids.join(",")}\n`)
  const goesOn = await saidBy(second, "first")
  const { at, succeeded = 0 } = await saidBy(second, "all")
  const name = `after a kill with ${count.toLocaleString("en")} in hand`
  const note = `all have ended after ${((at - before) / 1_000).toFixed(1)} s`
  say({ figure: `${name}, from start to work`, value: (goesOn.at - before) / 1_000, unit: "s", atMost: 2, note })
  say({ figure: `${name}, ended as if nothing had been`, value: succeeded, unit: "", atLeast: count })
  if (second.process.exitCode === null) await once(second.process, "exit")
}

type Running = { readonly process: ChildProcess; readonly said: Said[]; readonly lines: NodeJS.EventEmitter }

function started(task: object): Running {
  const child = spawn(process.execPath, [script, JSON.stringify(task)], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = createInterface({ input: child.stdout })
  const said: Said[] = []
  // What it prints is of this shape.
  lines.on("line", (line: string) => void said.push(JSON.parse(line) as Said))
  return { process: child, said, lines }
}

async function saidBy({ process: child, said, lines }: Running, what: string): Promise<Said> {
  for (;;) {
    const found = said.find(one => one.said === what)
    if (found !== undefined) return found
    if (child.exitCode !== null) throw new Error(`The process ended with ${child.exitCode} before it said: ${what}`)
    await Promise.race([once(lines, "line"), once(child, "exit")])
  }
}

import { commandIdOf, type Arrival, type Life, type LifeEventData } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T, Version } from "../kernel/message.ts"
import { instanceType, type Workflow } from "../kernel/workflow.ts"
import type { Store } from "../ports/store.ts"
import { isAt, lineOf, priorityOf } from "./line.ts"

/** What letting instances in needs. */
type GateParts = {
  readonly store: Pick<Store, "entities">
  readonly workflows: ReadonlyMap<string, Workflow>
  readonly wake: (id: string, arrival: Arrival) => Promise<void>
}

/** Of one owner, those who go on from where they were, and those who have not begun: the former were in line before. */
type Own = { readonly again: string[]; readonly fresh: string[] }

/** Those of one workflow and key: who has been let in, and who waits, by priority and in turns by owner. */
type Line = {
  readonly countMax: number
  readonly running: Set<string>
  readonly queued: Map<number, Map<string, Own>>
}

/** What it takes to stand in a line. */
type Stander = Pick<Life, "owner" | "priority" | "goesOn"> & Partial<Pick<Life, "data">>

/**
 * Lets instances in where how many may be under way at a time is limited: those with the highest priority first, and
 * among these each owner in turn, so that ten thousand of one do not hold up the one of another. Who is stuck keeps nobody
 * out. What it knows is made of the store as it was at one t, and of what instances have told since.
 */
export class Gate {
  readonly #parts: GateParts
  readonly #lines = new Map<string, Line>()
  readonly #known = new Map<string, string>()
  // What was told up to then is part of what was found.
  #begunAt: T = 0
  // Those that were found may have been newer: by the version of each, what was seen.
  readonly #found = new Map<string, Version>()

  constructor(parts: GateParts) {
    this.#parts = parts
  }

  /**
   * Finds those who stand in line or have been let in, as of t: now, and not as of where the router goes on. Who was let in
   * meanwhile would else be taken for one who waits, and another one be let in beside.
   */
  async begin(t: T): Promise<void> {
    this.#begunAt = t
    const { entities } = this.#parts.store
    // Where the code no longer says a limit, those who stand in line are let in all the same.
    for (const workflow of this.#parts.workflows.values()) {
      const ids = await entities.holdersAt(`${instanceType}/limited`, workflow.type, t)
      for (let from = 0; from < ids.length; from += limits.headsAtOnceMax) {
        for (const { id, version, document } of await entities.heads(ids.slice(from, from + limits.headsAtOnceMax))) {
          // What is stored under this type is what its steps have made.
          const life = document as Life | null
          this.#found.set(commandIdOf(id), version)
          if (life?.gate !== undefined && life.state !== "stuck")
            this.#enter(commandIdOf(id), workflow, life.gate, life)
        }
      }
    }
    for (const line of this.#lines.values()) this.#admit(line)
  }

  /** An instance has taken a step. */
  stepped({ stream, type, data, t }: RecordedEvent): void {
    if (t <= this.#begunAt) return
    const id = commandIdOf(stream.id)
    if (stream.version <= (this.#found.get(id) ?? 0)) return
    this.#found.delete(id)
    // Events of this type have this data; what they set is part of an instance.
    const { set, line: again } = data as unknown as LifeEventData
    const { gate } = set as Partial<Life>
    if (gate === undefined) return
    if (gate === null || isAt("stuck", gate)) return this.#leave(id)
    // Let in before it was seen here that it stands in line again.
    if (isAt("running", gate)) return void this.#lines.get(this.#known.get(id) ?? "")?.running.add(id)
    const stander = type === "InstanceStarted" ? (set as unknown as Life) : again
    const workflow = stander === undefined ? undefined : this.#parts.workflows.get(stander.workflow)
    if (stander === undefined || workflow === undefined) return
    const line = this.#enter(id, workflow, gate, stander)
    if (line !== null) this.#admit(line)
  }

  #enter(id: string, workflow: Workflow, gate: string, stander: Stander): Line | null {
    if (this.#known.has(id)) return null
    const name = lineOf(gate)
    this.#known.set(id, name)
    const line = this.#lines.get(name) ?? {
      countMax: workflow.limit?.running ?? Infinity,
      running: new Set(),
      queued: new Map(),
    }
    this.#lines.set(name, line)
    if (isAt("running", gate)) line.running.add(id)
    else queue(line, id, stander, stander.priority ?? priorityOf(workflow.limit, stander.data ?? {}))
    return line
  }

  #leave(id: string): void {
    const name = this.#known.get(id)
    const line = name === undefined ? undefined : this.#lines.get(name)
    this.#known.delete(id)
    if (line === undefined || name === undefined) return
    // One that was aborted while it stood in line is passed over when its turn comes.
    if (line.running.delete(id)) this.#admit(line)
    if (line.running.size === 0 && line.queued.size === 0) this.#lines.delete(name)
  }

  #admit(line: Line): void {
    while (line.running.size < line.countMax) {
      const id = nextOf(line)
      if (id === null) return
      if (!this.#known.has(id)) continue
      line.running.add(id)
      // While everything stops nobody is let in: the next one finds it in line.
      this.#parts.wake(id, { kind: "admit" }).catch(() => undefined)
    }
  }
}

function queue({ queued }: Line, id: string, { owner, goesOn }: Stander, priority: number): void {
  const owners = queued.get(priority) ?? new Map<string, Own>()
  queued.set(priority, owners)
  const own = owners.get(owner) ?? { again: [], fresh: [] }
  owners.set(owner, own)
  ;(goesOn === true ? own.again : own.fresh).push(id)
}

/** Whose turn it is; null: nobody waits. */
function nextOf({ queued }: Line): string | null {
  if (queued.size === 0) return null
  let priority = -Infinity
  for (const one of queued.keys()) priority = Math.max(priority, one)
  const owners = queued.get(priority)!
  const [owner, own] = owners.entries().next().value!
  const id = (own.again.shift() ?? own.fresh.shift())!
  owners.delete(owner)
  if (own.again.length + own.fresh.length > 0) owners.set(owner, own)
  if (owners.size === 0) queued.delete(priority)
  return id
}

import { commandIdOf, type Arrival, type Life, type LifeEventData } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import { instanceType, type Workflow } from "../kernel/workflow.ts"
import type { Store } from "../ports/store.ts"

/** What letting instances in needs. */
type GateParts = {
  readonly store: Pick<Store, "entities">
  readonly workflows: ReadonlyMap<string, Workflow>
  readonly wake: (id: string, arrival: Arrival) => Promise<void>
}

/** Those of one workflow and key: who has been let in, and who waits, by priority and in turns by owner. */
type Line = {
  readonly countMax: number
  readonly running: Set<string>
  readonly queued: Map<number, Map<string, string[]>>
}

/**
 * Lets instances in where how many may be under way at a time is limited: those with the highest priority first, and
 * among these each owner in turn, so that ten thousand of one do not hold up the one of another. What it knows is made
 * of the store as it was at one t, and of what instances have told since.
 */
export class Gate {
  readonly #parts: GateParts
  readonly #lines = new Map<string, Line>()
  readonly #known = new Map<string, string>()
  // What was told up to then is part of what was found.
  #begunAt: T = 0

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
    for (const workflow of this.#parts.workflows.values()) {
      if (workflow.limit === null) continue
      const ids = await entities.holdersAt(`${instanceType}/limited`, workflow.type, t)
      for (let from = 0; from < ids.length; from += limits.headsAtOnceMax) {
        for (const { id, document } of await entities.heads(ids.slice(from, from + limits.headsAtOnceMax))) {
          // What is stored under this type is what its steps have made.
          if (document !== null) this.#enter(commandIdOf(id), workflow, document as Life)
        }
      }
    }
    for (const line of this.#lines.values()) this.#admit(line)
  }

  /** An instance has taken a step. */
  stepped({ stream, type, data, t }: RecordedEvent): void {
    if (t <= this.#begunAt) return
    const id = commandIdOf(stream.id)
    // Events of this type have this data; what they set is part of an instance.
    const { set } = data as unknown as LifeEventData
    const { workflow: name, gate } = set as Partial<Life>
    const workflow = name === undefined ? undefined : this.#parts.workflows.get(name)
    if (type === "InstanceStarted" && gate !== undefined && gate !== null && workflow !== undefined) {
      const line = this.#enter(id, workflow, set as unknown as Life)
      if (line !== null) this.#admit(line)
    }
    if (set?.["gate"] === null) this.#leave(id)
  }

  #enter(id: string, workflow: Workflow, { gate, owner, data }: Life): Line | null {
    if (gate === undefined || this.#known.has(id)) return null
    const name = gate.slice(gate.indexOf(" ") + 1)
    this.#known.set(id, name)
    const line = this.#lines.get(name) ?? {
      countMax: workflow.limit?.running ?? Infinity,
      running: new Set(),
      queued: new Map(),
    }
    this.#lines.set(name, line)
    if (gate.startsWith("running ")) {
      line.running.add(id)
      return line
    }
    const priority = priorityOf(workflow, data)
    const owners = line.queued.get(priority) ?? new Map<string, string[]>()
    line.queued.set(priority, owners)
    const own = owners.get(owner)
    if (own === undefined) owners.set(owner, [id])
    else own.push(id)
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

// A line must not stand still because one of those in it cannot be judged.
function priorityOf({ limit }: Workflow, data: Life["data"]): number {
  try {
    const priority = limit?.priority?.(data) ?? 0
    return Number.isFinite(priority) ? priority : 0
  } catch {
    return 0
  }
}

/** Whose turn it is; null: nobody waits. */
function nextOf({ queued }: Line): string | null {
  if (queued.size === 0) return null
  let priority = -Infinity
  for (const one of queued.keys()) priority = Math.max(priority, one)
  const owners = queued.get(priority)!
  const [owner, ids] = owners.entries().next().value!
  const id = ids.shift()!
  owners.delete(owner)
  if (ids.length > 0) owners.set(owner, ids)
  if (owners.size === 0) queued.delete(priority)
  return id
}

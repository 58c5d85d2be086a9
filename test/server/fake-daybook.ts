import { noMetrics, type Metrics } from "../../src/ports/metrics.ts"
import type { Journal } from "../../src/ports/journal.ts"
import type { Daybook, DeadLetter, ProjectionStatus, RightsItem } from "../../src/daybook.ts"
import { daybook as define } from "../../src/app/define.ts"
import type { Document } from "../../src/kernel/entity.ts"
import type { Life } from "../../src/kernel/life.ts"
import type { Instance } from "../../src/kernel/instance.ts"
import { sameJson, type Json } from "../../src/kernel/json.ts"
import type { Asker, Command, CommandState, Outcome, RecordedEvent, T } from "../../src/kernel/message.ts"
import type { QueryAsker } from "../../src/kernel/named-query.ts"
import { Refusal, type RefusalCode } from "../../src/kernel/refusal.ts"
import type { CommandFilter, KeptRefusal } from "../../src/ports/commands.ts"
import { compileSchema } from "../../src/schema/compile.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import { simulatedClock, type SimulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"

/** The schema of the fake: notes that are written and struck. */
export const schema = {
  daybook: 1,
  name: "notes",
  version: 3,
  "x-owner": "us",
  entities: {
    Note: { attributes: { text: { type: "string" }, struck: { type: "boolean" } } },
    Page: {
      abstract: { attributes: { number: { type: "integer" } } },
      variants: { LeftPage: { attributes: {} }, RightPage: { attributes: {} } },
    },
  },
  commands: {
    Write: {
      target: "Note",
      doc: "Writes a note",
      data: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    },
    Strike: { target: "Note", data: { type: "object" } },
    Turn: {
      target: "Page",
      data: { type: "object", properties: { to: { $ref: "#/$defs/page" } }, $defs: { page: { type: "integer" } } },
    },
  },
  events: {
    Written: { stream: "Note", version: 2, data: { type: "object", properties: { text: { type: "string" } } } },
    AlreadyStruck: { stream: "Note", rejection: true, data: { type: "object" } },
    Turned: { stream: "Page", data: { type: "object" } },
  },
}

type Line = {
  readonly level: "info" | "warn" | "error"
  readonly sentence: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** A daybook over arrays, that a test can make behave badly. It decides nothing: `Write` writes, and some data is magic. */
export class FakeDaybook implements Daybook {
  readonly app = define({ schema })
  readonly schema = compileSchema(parseSchema(schema))
  readonly clock: SimulatedClock = simulatedClock()
  readonly ids = seededIds(7)
  readonly lines: Line[] = []
  readonly journal: Journal = {
    info: (sentence, facts = {}) => void this.lines.push({ level: "info", sentence, facts }),
    warn: (sentence, facts = {}) => void this.lines.push({ level: "warn", sentence, facts }),
    error: (sentence, facts = {}) => void this.lines.push({ level: "error", sentence, facts }),
  }
  readonly times: { name: string; labels: Readonly<Record<string, string>> }[] = []
  readonly metrics: Metrics = {
    ...noMetrics,
    time: (name, _seconds, labels = {}) => void this.times.push({ name, labels }),
  }

  readonly log: RecordedEvent[] = []
  readonly instances = new Map<string, Instance>()
  readonly refused = new Map<string, KeptRefusal>()
  readonly asked: { command: Command; asker: Asker; waitMs: number | undefined }[] = []
  readonly letters: DeadLetter[] = []
  readonly queried: { body: Json; asker: QueryAsker }[] = []
  readonly table = new Map<string, Document>()
  status: ProjectionStatus[] = [{ name: "notes", version: 1, t: 0, lag: 0, live: true, error: null }]
  /** Thrown by everything that reads or writes, while it is set. */
  broken: Error | null = null
  /** How many events a page of `follow` has. */
  pageEvents = 100
  pagesRead = 0
  #finish = new Map<string, () => void>()
  #bells = new Set<() => void>()
  #t = 0

  async request(command: Command, asker: Asker, { waitMs }: { waitMs?: number } = {}): Promise<Outcome> {
    this.asked.push({ command, asker, waitMs })
    if (this.broken !== null) throw this.broken
    const { data, type } = command
    if (!this.schema.commands.has(type))
      throw this.#refusal("unknown-command", `There is no command ${type}`, command, asker)
    if (typeof data["refuse"] === "string")
      throw this.#refusal(data["refuse"] as RefusalCode, "As asked", command, asker)
    const known = this.instances.get(command.id)
    if (known !== undefined) {
      if (!sameJson(known.command.data, data))
        throw new Refusal("duplicate-conflict", "The id was used", { id: command.id })
      return this.#outcome(known)
    }
    if (data["slow"] === true) return this.#later(command, asker, waitMs ?? 10_000)
    return this.#outcome(this.#done(command, asker))
  }

  /** Lets a command with `slow` come to its end. */
  finish(id: string): void {
    this.#finish.get(id)?.()
  }

  /** Records events in one transaction. */
  record(command: Command, types: readonly string[], actor = "system"): T {
    this.#t += 1
    const stream = command.target ?? { type: "Note", id: "none" }
    types.forEach((type, n) => {
      const version = this.log.filter(e => e.stream.id === stream.id).length + 1
      this.log.push({
        id: this.ids.of(command.id, n),
        type,
        stream: { ...stream, version },
        t: this.#t,
        n,
        at: this.clock.iso(),
        ...(command.occurredAt === undefined ? {} : { occurredAt: command.occurredAt }),
        data: command.data,
        rejection: type === "AlreadyStruck",
        causedBy: { type: command.type, id: command.id },
        correlationId: command.id,
        actor,
        schemaVersion: 3,
        typeVersion: 1,
      })
    })
    for (const ring of this.#bells) ring()
    return this.#t
  }

  async life(): Promise<Life | null> {
    return null
  }

  async ended(id: string): Promise<Outcome> {
    const known = this.instances.get(id)
    if (known === undefined) throw new Refusal("not-found", `There is no command ${id}`, { id })
    return this.#outcome(known)
  }

  async bring(): Promise<void> {}

  async abort(): Promise<void> {}

  async command(id: string) {
    return this.instances.get(id) ?? this.refused.get(id) ?? null
  }

  async children(id: string) {
    return [...this.instances.values()].filter(i => i.parent === id).map(i => i.command.id)
  }

  async commands({ owner, state, type, parent, archived, after, limit }: CommandFilter) {
    const newest = [...this.instances.values()].reverse()
    const from = after === undefined ? 0 : newest.findIndex(i => i.command.id === after) + 1
    return newest
      .slice(from)
      .filter(
        i =>
          (owner ?? i.owner) === i.owner &&
          (state ?? i.state) === i.state &&
          (type ?? i.command.type) === i.command.type,
      )
      .filter(i => parent === undefined || i.parent === parent)
      .filter(i => archived === "both" || (i.archivedAt !== undefined) === (archived ?? false))
      .slice(0, limit)
  }

  async events(after: T, { limit, types }: { limit: number; types?: readonly string[] }) {
    if (this.broken !== null) throw this.broken
    const found = this.log.filter(e => e.t > after && (types === undefined || types.includes(e.type)))
    const last = found[limit - 1]?.t ?? this.#t
    const events = found.filter(e => e.t <= last).map(event => ({ event, kind: null }))
    return { events, reached: last, isEnd: last === this.#t }
  }

  async *follow(after: T, { types, signal }: { types?: readonly string[]; signal: AbortSignal }) {
    let reached = after
    while (!signal.aborted) {
      const page = await this.events(reached, { limit: this.pageEvents, ...(types === undefined ? {} : { types }) })
      reached = page.reached
      if (page.events.length > 0) {
        this.pagesRead += 1
        yield page.events
      } else await this.#bell(signal)
    }
  }

  async stream(id: string, from: number, limit: number) {
    const all = this.log.filter(e => e.stream.id === id)
    const events = all.filter(e => e.stream.version >= from).slice(0, limit)
    return { events, version: all.length, type: all[0]?.stream.type ?? null }
  }

  async streams({ type, after, limit }: { type?: string; after?: string; limit: number }) {
    const ids = [...new Set(this.log.map(e => e.stream.id))].sort().filter(id => after === undefined || id > after)
    const all = await Promise.all(ids.map(async id => ({ ...(await this.stream(id, 1, 1)), id })))
    return all
      .filter(s => type === undefined || s.type === type)
      .map(s => ({ type: s.type!, id: s.id, version: s.version }))
      .slice(0, limit)
  }

  async entity() {
    return null
  }

  snapshot(): never {
    throw new Error("The fake has no snapshots")
  }

  async tAt(instant: string) {
    return this.log.findLast(e => Date.parse(e.at) <= Date.parse(instant))?.t ?? 0
  }

  async basis() {
    if (this.broken !== null) throw this.broken
    return this.#t
  }

  async query(body: Json, asker: QueryAsker) {
    this.queried.push({ body, asker })
    if (this.broken !== null) throw this.broken
    return { basisT: this.#t, result: body }
  }

  async check(items: readonly RightsItem[]) {
    return items.map(() => ({ allowed: true, groups: ["owner"], permissions: ["read"] }))
  }

  async explain(question: RightsItem) {
    return { allowed: true, groups: [], permissions: [], paths: [], missing: [], asked: question }
  }

  /** Whoever is called so holds every permission, as `system` does. */
  operator = "operator"
  async mustHold(permission: string, { principal }: QueryAsker) {
    if (principal === "system" || principal === this.operator) return
    throw new Refusal("forbidden", `This takes the permission ${permission}`, { permission })
  }

  watch(): never {
    throw new Error("The fake watches nothing")
  }

  upload(): never {
    throw new Error("The fake has no files")
  }

  download(): never {
    throw new Error("The fake has no files")
  }

  catalogue() {
    const write = { type: "Write", target: "Note", handledBy: "fake", producedBy: ["the edge"] }
    return { commands: [write], events: [], entities: [] }
  }

  async rows(_name: string, keys: readonly string[]) {
    return new Map([...this.table].filter(([key]) => keys.includes(key)))
  }

  async list(_name: string, { after, limit }: { after?: string; limit: number }) {
    const all = [...this.table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, row]) => ({ key, row }))
    return all.filter(({ key }) => after === undefined || key > after).slice(0, limit)
  }

  async projections() {
    return this.status
  }

  rebuilding = (): Promise<void> => Promise.resolve()
  rebuild() {
    return this.rebuilding()
  }

  async waitFor(t: T) {
    if (t > this.#t) throw new Refusal("timeout", `t ${t} was not reached`, { t })
  }

  async deadLetters({ limit, after }: { limit: number; after?: string }) {
    const from = after === undefined ? 0 : this.letters.findIndex(l => l.id === after) + 1
    return this.letters.slice(from, from + limit)
  }

  async redrive(id: string) {
    this.#take(id)
  }

  async drop(id: string) {
    this.#take(id)
  }

  async archive(olderThan: string, { actor }: Asker) {
    return { id: `${actor} ${olderThan}`, t: this.#t, archived: 0 }
  }

  async restore(ids: readonly string[], { actor }: Asker) {
    return { id: actor, t: this.#t, restored: ids.length }
  }

  verify(): never {
    throw new Error("The fake cannot be verified")
  }

  async backup() {}

  async about() {
    return { kind: "fake", place: "memory", version: 1, bytes: 0 }
  }

  async drain() {}

  async close() {}

  #take(id: string): void {
    const i = this.letters.findIndex(l => l.id === id)
    if (i < 0) throw new Refusal("not-found", `There is no dead letter ${id}`, { id })
    this.letters.splice(i, 1)
  }

  #done(command: Command, { actor }: Asker): Instance {
    const types = command.type === "Strike" ? ["AlreadyStruck"] : command.type === "Transact" ? [] : ["Written"]
    const t = this.record(command, types, actor)
    return this.#keep(command, actor, command.type === "Strike" ? "rejected" : "succeeded", t)
  }

  #keep(command: Command, owner: string, state: CommandState, t: T): Instance {
    const at = this.clock.iso()
    const instance: Instance = {
      command,
      state,
      owner,
      parent: null,
      correlationId: command.id,
      result: null,
      error: null,
      createdAt: at,
      updatedAt: at,
      t,
      attempts: 0,
      due: null,
      history: [{ state, at, t }],
      digest: null,
    }
    this.instances.set(command.id, instance)
    return instance
  }

  #later(command: Command, asker: Asker, waitMs: number): Promise<Outcome> {
    const running = this.#keep(command, asker.actor, "running", this.#t)
    if (waitMs === 0) return Promise.resolve(this.#outcome(running))
    return new Promise(resolve => {
      const cancel = this.clock.after(waitMs, () => resolve(this.#outcome(running)))
      this.#finish.set(command.id, () => {
        cancel()
        resolve(this.#outcome(this.#done(command, asker)))
      })
    })
  }

  #outcome({ command, state, t }: Instance): Outcome {
    return { id: command.id, state, t, events: this.log.filter(e => e.causedBy.id === command.id), result: null }
  }

  #refusal(code: RefusalCode, sentence: string, { id, type, data }: Command, { actor }: Asker): Refusal {
    const faults = [{ path: "/data/refuse", code: "asked", message: "asks for it" }]
    this.refused.set(id, { id, type, actor, code, sentence, faults, data, at: this.clock.iso() })
    return new Refusal(code, sentence, { command: id }, faults)
  }

  #bell(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const ring = () => {
        this.#bells.delete(ring)
        signal.removeEventListener("abort", ring)
        resolve()
      }
      this.#bells.add(ring)
      signal.addEventListener("abort", ring)
    })
  }
}

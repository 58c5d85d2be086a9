import type { Archived, Restored } from "../daybook.ts"
import type { ArchivePolicy } from "../kernel/archive-policy.ts"
import { instant, type Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import type { Instance } from "../kernel/instance.ts"
import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { in_ } from "../kernel/moments.ts"
import { assert, Refusal } from "../kernel/refusal.ts"
import type { Store } from "../ports/store.ts"
import type { TimerChange, TransactionWrite, Write, WriteOutcome } from "../ports/write.ts"
import { readInstant } from "../schema/instants.ts"

/** What moving commands needs. `write` commits a write, alone or with others. */
export type ArchiveParts = {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly write: (write: Write) => Promise<WriteOutcome>
}

type Step = {
  readonly type: "Archive" | "Restore" | "ScheduleArchive"
  readonly data: JsonObject
  readonly result: JsonObject
  readonly parent: string | null
  readonly moves: Partial<Pick<TransactionWrite, "archive" | "restore" | "timers">>
}

/** How far a run has got: the id of its first page's command, the transaction of its last, how many it moved. */
type Run = { readonly data: JsonObject; readonly actor: string; first: string; t: T; archived: number }

/**
 * Moves commands to the archive and back. Each page is a command of its own, `Archive` or `Restore`, whose transaction
 * moves them: so the log says who moved how many, and when. A run that ends in the middle has moved whole pages, and the
 * next one goes on.
 */
export class Archive {
  readonly #parts: ArchiveParts
  #isClosed = false
  #running: Promise<unknown> = Promise.resolve()

  constructor(parts: ArchiveParts) {
    this.#parts = parts
  }

  /**
   * Archives every tree of commands of which all had ended before an instant, or so long ago ("P90D"). One run after the
   * other. The first page is recorded even if there was nothing to move.
   */
  archive(olderThan: string, actor: string): Promise<Archived> {
    return this.#next(() => this.#archive(olderThan, actor))
  }

  /** Brings commands back from the archive. Those that are not in it stay where they are. */
  restore(ids: readonly string[], actor: string): Promise<Restored> {
    return this.#next(() => this.#restore(ids, actor))
  }

  /** Records that a timer stands for the next run of a policy, and sets it. */
  async schedule(policy: ArchivePolicy, timer: TimerChange, actor: string): Promise<void> {
    const result = { due: timer.due === null ? null : instant(timer.due) }
    const step = {
      type: "ScheduleArchive",
      data: { ...policy },
      result,
      parent: null,
      moves: { timers: [timer] },
    } as const
    const done = await this.#write(step, actor)
    assert(done !== null, "a timer that nothing stands in the way of was not set")
  }

  /** Begins no further page, and resolves when the one under way is written. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  #next<Answer>(run: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#running.then(run)
    this.#running = answer.catch(() => undefined)
    return answer
  }

  async #archive(olderThan: string, actor: string): Promise<Archived> {
    const before = this.#instantOf(olderThan)
    const run = { data: { olderThan: instant(before) }, actor, first: "", t: 0, archived: 0 }
    for (let after = 0, overtaken = 0; ;) {
      const page = await this.#parts.store.commands.archivable({ before, after, limit: limits.archivedAtOnceMax })
      const isAny = page.ids.length > 0
      if ((isAny || (page.isEnd && run.first === "")) && !(await this.#movePage(page.ids, run))) {
        // Another process has moved some of them, or brought some back: what there is now is looked at again.
        if (++overtaken >= limits.decisionsMax) throw new Refusal("conflict", "Others were archiving at the same time")
        continue
      }
      if (page.isEnd) return { id: run.first, t: run.t, archived: run.archived }
      if (this.#isClosed) throw new Refusal("unavailable", `This daybook is closing: ${run.archived} were archived`)
      after = page.reached
    }
  }

  /** False: others were quicker, and nothing was moved. */
  async #movePage(ids: readonly string[], run: Run): Promise<boolean> {
    const parent = run.first === "" ? null : run.first
    const moves = ids.length === 0 ? {} : { archive: { ids } }
    const step = { type: "Archive", data: run.data, result: { archived: ids.length }, parent, moves } as const
    const done = await this.#write(step, run.actor)
    if (done === null) return false
    if (parent === null) run.first = done.id
    run.t = done.t
    run.archived += ids.length
    return true
  }

  async #restore(ids: readonly string[], actor: string): Promise<Restored> {
    const most = limits.archivedAtOnceMax
    if (ids.length > most) throw new Refusal("too-large", `${ids.length} commands at once; ${most} are taken`, { most })
    for (let overtaken = 0; overtaken < limits.decisionsMax; overtaken++) {
      const wanted = [...new Set(ids)]
      const found = await this.#parts.store.commands.find(wanted)
      const stray = wanted.find((_, i) => found[i] === null)
      if (stray !== undefined) throw new Refusal("not-found", `There is no command ${stray}`, { id: stray })
      const archived = wanted.filter((_, i) => found[i]?.archivedAt !== undefined)
      const [result, moves] = [{ restored: archived.length }, { restore: { ids: archived } }]
      const step = { type: "Restore", data: { ids: wanted }, parent: null, result, moves } as const
      const done = await this.#write(archived.length === 0 ? { ...step, moves: {} } : step, actor)
      if (done !== null) return { ...done, ...result }
    }
    throw new Refusal("conflict", "Others were moving the same commands at the same time")
  }

  /** Null: others were quicker, and nothing was moved. */
  async #write(step: Step, actor: string): Promise<{ id: string; t: T } | null> {
    const { store, clock, ids, write } = this.#parts
    const id = ids.next()
    const schemas = await store.maintenance.schemas()
    const outcome = await write({
      kind: "transaction",
      instance: instanceOf(id, step, actor, instant(clock.now())),
      first: true,
      actor,
      schemaVersion: schemas.at(-1)?.version ?? 1,
      events: [],
      changes: [],
      reads: [],
      timers: [],
      recorded: null,
      ...step.moves,
    })
    return outcome.kind === "done" ? { id, t: outcome.t } : null
  }

  #instantOf(olderThan: string): number {
    const at = readInstant(olderThan)
    return at === undefined ? this.#parts.clock.now() - in_(olderThan).ms : Date.parse(at)
  }
}

function instanceOf(id: string, { type, data, result, parent }: Step, owner: string, at: string): Instance {
  return {
    command: { id, type, target: null, data },
    state: "succeeded",
    owner,
    parent,
    correlationId: parent ?? id,
    result,
    error: null,
    createdAt: at,
    updatedAt: at,
    t: 0,
    attempts: 0,
    due: null,
    history: [{ state: "succeeded", at, t: 0 }],
    digest: null,
  }
}

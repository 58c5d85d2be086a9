import { Worker } from "node:worker_threads"
import type { Json, JsonObject } from "../../kernel/json.ts"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { assert, Refusal, unreachable, type RefusalCode } from "../../kernel/refusal.ts"
import type { DatalogQuery } from "../../ports/datalog.ts"
import type { EntityKey, Moment } from "../../ports/facts.ts"
import { overdue } from "./datalog-run.ts"
import type { Seen } from "./datalog-scope.ts"

/** What is asked of a thread. `until`: when its time is over, by the clock that all threads share. */
export type Question = {
  readonly query: DatalogQuery
  readonly moment: Moment
  /** The newest t there is: who is no more then is in no list of who is seen. */
  readonly newest: T
  readonly seen: Seen | null
  readonly rowsMax: number
  /** What whoever asked gave in all. */
  readonly milliseconds: number
  readonly until: number
}

/** Milliseconds by a clock that all threads of a process share. */
export function sharedTicks(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000
}

/**
 * What a thread answers. `text`: the rows as JSON, which is read faster than rows are copied. `gone`: entities that are
 * no more and that it met, without knowing whether they are seen; the rows are not right then.
 */
export type Said =
  | {
      readonly kind: "answered"
      readonly text: string
      readonly gone: readonly EntityKey[]
      readonly milliseconds: number
    }
  | { readonly kind: "refused"; readonly code: RefusalCode; readonly sentence: string; readonly facts: JsonObject }
  | { readonly kind: "failed"; readonly sentence: string }

/** An answer; `rows` is null where a thread has no statement for what was asked. */
export type Told = {
  readonly rows: readonly (readonly Json[])[] | null
  readonly gone: readonly EntityKey[]
  readonly milliseconds: number
}

/** Threads that answer queries from the file, beside the process that owns it. */
export type DatalogThreads = {
  /** Asks as soon as one is free. Refuses with `overloaded` where too much waits already. */
  readonly ask: (question: Question) => Promise<Told>
  readonly close: () => void
}

type Asked = {
  readonly question: Question
  readonly promise: Promise<Told>
  readonly resolve: (told: Told) => void
  readonly reject: (error: unknown) => void
}
type Thread = { readonly worker: Worker; at: Asked | null }

/** Makes them for a file. Each is started when all others are at work, and takes the place of one that died. */
export function datalogThreads(path: string, begin = workerOn): DatalogThreads {
  const threads = new Set<Thread>()
  const waiting = new Set<Asked>()

  function start(): Thread {
    const thread: Thread = { worker: begin(path), at: null }
    threads.add(thread)
    thread.worker.on("message", (said: Said) => {
      const { at } = thread
      thread.at = null
      // A thread that has nothing to do keeps no process alive.
      thread.worker.unref()
      settle(at, said)
      next()
    })
    thread.worker.on("error", error => ended(thread, error))
    thread.worker.on("exit", () => ended(thread, null))
    return thread
  }

  function ended(thread: Thread, error: unknown): void {
    if (!threads.delete(thread)) return
    thread.at?.reject(brokenOff(error))
    next()
  }

  function next(): void {
    for (const asked of waiting) {
      const free = [...threads].find(({ at }) => at === null)
      if (free === undefined && threads.size >= limits.datalogThreadsMax) return
      waiting.delete(asked)
      const thread = free ?? start()
      thread.at = asked
      thread.worker.ref()
      thread.worker.postMessage(asked.question)
    }
  }

  function giveUp(asked: Asked): void {
    waiting.delete(asked)
    asked.reject(overdue(asked.question.milliseconds))
  }

  return {
    ask(question) {
      if (waiting.size >= limits.datalogWaitingMax) throw overloaded()
      const asked: Asked = { question, ...Promise.withResolvers<Told>() }
      waiting.add(asked)
      // A thread ends what it is at by itself, but it may not have begun.
      const late = setTimeout(() => giveUp(asked), Math.max(0, question.until - sharedTicks()))
      next()
      return asked.promise.finally(() => clearTimeout(late))
    },
    close() {
      for (const { reject } of waiting) reject(brokenOff(null))
      waiting.clear()
      for (const { worker } of threads) void worker.terminate()
    },
  }
}

function overloaded(): Refusal {
  const most = limits.datalogWaitingMax
  return new Refusal("overloaded", `More than ${most} long queries wait already: come back later`, { most })
}

function brokenOff(cause: unknown): Refusal {
  const refusal = new Refusal("unavailable", "The query was broken off: ask again")
  refusal.cause = cause
  return refusal
}

function workerOn(path: string): Worker {
  return new Worker(new URL("./datalog-thread.ts", import.meta.url), { workerData: path })
}

function settle(asked: Asked | null, said: Said): void {
  assert(asked !== null, "a thread answers what it was asked")
  const { resolve, reject } = asked
  switch (said.kind) {
    case "answered": {
      // A thread of this store wrote it.
      const rows = JSON.parse(said.text) as Told["rows"]
      return resolve({ rows, gone: said.gone, milliseconds: said.milliseconds })
    }
    case "refused":
      return reject(new Refusal(said.code, said.sentence, said.facts))
    case "failed":
      return reject(new Error(said.sentence))
    default:
      return unreachable(said)
  }
}

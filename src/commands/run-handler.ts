import { instant } from "../kernel/clock.ts"
import type { Json } from "../kernel/json.ts"
import { CodeError } from "./code-error.ts"
import { afterFailure } from "./failure.ts"
import type { HandlerResult, Job } from "./job.ts"
import { notThere } from "./judge-target.ts"
import { lacks } from "./keep.ts"
import type { HandlerParts } from "./parts.ts"
import { stopping } from "./stopping.ts"
import { HandlerUnit } from "./unit-of-work.ts"
import { Work } from "./work.ts"

/** Runs a command's handler once. Never throws: what the handler throws is part of what came of it. */
export async function runHandler(job: Job, parts: HandlerParts): Promise<HandlerResult> {
  const { command, asker, route } = job
  if (job.isAborted) return { kind: "aborted" }
  const now = instant(parts.clock.now())
  const work = new Work(command, parts.routes, parts.ids)
  const uow = new HandlerUnit(parts, work, command, asker.actor)
  const stop = stopping(job, parts)
  const given = { ...parts.adapters, command, data: command.data, uow, now, key: command.id }
  const needs = {
    ...given,
    get signal() {
      return stop.signal()
    },
  }
  try {
    if (route?.kind !== "handler") throw new CodeError(`Nothing runs the command ${command.type}`)
    if (job.isBlind) throw notThere(command)
    checkWhole(job)
    const result = await route.run(needs)
    uow.leave()
    return { kind: "returned", work, result: jsonOf(result, command.type) }
  } catch (thrown) {
    if (stop.isCauseOf(thrown)) return { kind: "aborted" }
    const next = afterFailure(thrown, (job.instance?.attempts ?? 0) + 1, parts.ids.random())
    if (next.kind === "failed") return { kind: "failed", error: next.error }
    // Meanwhile nobody may want it any more.
    return job.isAborted ? { kind: "aborted" } : next
  } finally {
    stop.end()
  }
}

// What was sensitive was in the memory of the process that took the command, and nowhere else.
function checkWhole({ command, route }: Job): void {
  const sensitive = route?.command.sensitive ?? []
  if (sensitive.length === 0 || !lacks(command.data)) return
  throw new CodeError(
    `What was sensitive in ${command.type} was not kept, so it cannot be run again after a restart: ask for it anew`,
  )
}

// A result is kept as JSON. What JSON cannot say would be another thing after a restart.
function jsonOf(result: unknown, type: string): Json {
  if (result === undefined || result === null) return null
  try {
    const text = JSON.stringify(result) as string | undefined
    if (text !== undefined) return JSON.parse(text) as Json
  } catch {
    // Said below: a circle, or a BigInt.
  }
  throw new CodeError(`The handler of ${type} returned something that JSON cannot say`)
}

import { instant } from "../kernel/clock.ts"
import type { Json } from "../kernel/json.ts"
import type { DecidingParts } from "./batch.ts"
import { afterFailure } from "./failure.ts"
import type { HandlerResult, Job } from "./job.ts"
import { HandlerUnit } from "./unit-of-work.ts"
import { Work } from "./work.ts"

/** What running handlers needs besides what deciding does. */
export type HandlerParts = DecidingParts & { readonly adapters: Readonly<Record<string, unknown>> }

/** Runs a command's handler once. Never throws: what the handler throws is part of what came of it. */
export async function runHandler(job: Job, parts: HandlerParts): Promise<HandlerResult> {
  const { command, asker, route } = job
  const now = instant(parts.clock.now())
  const work = new Work(command, parts.routes, parts.ids, now)
  const uow = new HandlerUnit(parts, work, command, asker.actor)
  const needs = { ...parts.adapters, command, data: command.data, uow, now, key: command.id }
  try {
    const result = route?.kind === "handler" ? await route.run(needs) : undefined
    return { kind: "returned", work, result: (result ?? null) as Json }
  } catch (thrown) {
    const next = afterFailure(thrown, (job.instance?.attempts ?? 0) + 1, parts.ids.random())
    return next.kind === "again" ? next : { kind: "failed", error: next.error }
  }
}

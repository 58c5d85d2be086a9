import type { Life } from "../kernel/life.ts"
import type { RunningLimit, Workflow } from "../kernel/workflow.ts"
import type { Draft } from "./draft.ts"

/**
 * Where an instance is in its line, as it says itself. One that is stuck is in none, so that it keeps nobody out; it knows
 * which one was its own, because its data may be another by then.
 */
type Place = "queued" | "running" | "stuck"

/** A new instance stands in line, by its workflow and its key. */
export function standInLine(draft: Draft, { type }: Workflow, limit: RunningLimit): void {
  const { data } = draft.life
  const key = limit.key?.(data)
  const line = key === undefined ? type : `${type} ${key}`
  const priority = limit.priority === null ? {} : { priority: priorityOf(limit, data) }
  draft.set({ state: "queued", gate: at("queued", line), limited: type, ...priority })
}

/** It gives back its place, if it has one. */
export function giveBack(draft: Draft): void {
  const { gate } = draft.life
  if (gate === undefined) return
  draft.set({ gate: at("stuck", lineOf(gate)) })
  draft.drop("limited", "goesOn")
}

/** It stands in line once more. `isBegun`: its turn leads on from where it was. */
export function standInLineAgain(draft: Draft, isBegun: boolean): void {
  const { gate = "", workflow, owner, priority } = draft.life
  const goesOn = isBegun ? ({ goesOn: true } as const) : {}
  draft.set({ state: "queued", gate: at("queued", lineOf(gate)), limited: workflow, ...goesOn })
  draft.say("queued", undefined, {
    line: { workflow, owner, ...(priority === undefined ? {} : { priority }), ...goesOn },
  })
}

/** Its turn has come. True: it goes on from where it was. */
export function letIn(draft: Draft): boolean {
  const { gate = "", goesOn = false } = draft.life
  draft.set({ state: "waiting", gate: at("running", lineOf(gate)) })
  draft.drop("goesOn")
  return goesOn
}

/** The name of the line that an instance is, or was, in. */
export function lineOf(gate: string): string {
  return gate.slice(gate.indexOf(" ") + 1)
}

/** Whether it is there in its line, and by its state not elsewhere. */
export function isAt(place: Place, gate: string): boolean {
  return gate.startsWith(`${place} `)
}

/** How soon its turn comes. A line must not stand still because one of those in it cannot be judged. */
export function priorityOf(limit: RunningLimit | null, data: Life["data"]): number {
  try {
    const priority = limit?.priority?.(data) ?? 0
    return Number.isFinite(priority) ? priority : 0
  } catch {
    return 0
  }
}

function at(place: Place, line: string): string {
  return `${place} ${line}`
}

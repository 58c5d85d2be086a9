import type { Json } from "../kernel/json.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import { unreachable } from "../kernel/refusal.ts"
import type { ChildEnd, Workflow } from "../kernel/workflow.ts"
import { reactionOf, untilTimer } from "./acts.ts"
import type { Draft } from "./draft.ts"
import { isLike } from "./listening.ts"
import type { Wait } from "../kernel/life.ts"

/** What a reaction is told: the one that came, or several at once. */
export type Came = { readonly name: string; readonly items: readonly Json[] }

/** The first wait that an event is for; undefined: nobody waits for it. */
export function waitFor(event: RecordedEvent, waits: Readonly<Record<string, Wait>> = {}): string | undefined {
  const found = Object.entries(waits).find(([, wait]) => {
    return wait.kind === "event" && wait.event === event.type && isLike(event, wait.filter ?? {})
  })
  return found?.[0]
}

/** Takes an event for a wait. Null: more is to come before its reaction is told. */
export function takeEvent(draft: Draft, name: string, event: RecordedEvent, workflow: Workflow): Came | null {
  return take(draft, name, event, false, workflow)
}

/** Takes the end of a child, which is no longer under way. Null: nobody waits, or more is to come. */
export function takeChild(draft: Draft, name: string, child: ChildEnd, workflow: Workflow): Came | null {
  const isLast = countPending(draft, name) === 0
  return take(draft, name, child, isLast, workflow)
}

export function countPending({ life }: Draft, name: string): number {
  let count = 0
  for (const id in life.children) if (life.children[id]!.name === name) count++
  return count
}

/** The first wait for children of whom there are none, and will be none. */
export function childless(draft: Draft): string | undefined {
  const { waits } = draft.life
  for (const name in waits) if (waits[name]!.kind === "child" && countPending(draft, name) === 0) return name
  return undefined
}

function take(draft: Draft, name: string, item: Json, isLast: boolean, workflow: Workflow): Came | null {
  const wait = draft.life.waits?.[name]
  if (wait === undefined) return null
  const came = [...wait.came, item]
  if (wait.mode === "each") {
    if (isLast) endWait(draft, name)
    return { name, items: [item] }
  }
  if (!isLast && !isEnough(wait, came, draft, name, workflow)) {
    draft.wait(name, { ...wait, came })
    return null
  }
  endWait(draft, name)
  return { name, items: came }
}

/** A wait is over: what has come by now is told. */
export function endWait(draft: Draft, name: string): readonly Json[] {
  const came = draft.life.waits?.[name]?.came ?? []
  draft.wait(name, null)
  draft.timer(untilTimer(name), null)
  return came
}

function isEnough(wait: Wait, came: readonly Json[], draft: Draft, name: string, workflow: Workflow): boolean {
  const { mode } = wait
  switch (mode) {
    case "any":
      return true
    case "all":
      return false
    case "enough":
      return reactionOf(workflow, name, wait.kind).enough?.(came, draft.life.data) ?? false
    case "each":
      return true
    default:
      return typeof mode === "number" ? came.length >= mode : unreachable(mode)
  }
}

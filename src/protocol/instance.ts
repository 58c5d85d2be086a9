import type { Instance } from "../kernel/instance.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import type { Fault, RefusalCode } from "../kernel/refusal.ts"

/** What was kept of a command that was refused before it became one. */
export type RefusedCommand = {
  readonly id: string
  readonly type: string
  readonly actor: string
  readonly code: RefusalCode
  readonly sentence: string
  readonly faults: readonly Fault[]
  readonly data: Json
  readonly at: string
}

/** A command's instance as it is said on the wire. */
export function instanceJson(instance: Instance, children: readonly string[]): JsonObject {
  const { command } = instance
  return {
    id: command.id,
    type: command.type,
    state: instance.state,
    owner: instance.owner,
    target: command.target === null ? null : { type: command.target.type, id: command.target.id },
    data: command.data,
    parent: instance.parent,
    children,
    waits: [],
    timers: [],
    result: instance.result,
    error: instance.error,
    createdAt: instance.createdAt,
    updatedAt: instance.updatedAt,
    t: instance.t,
    history: instance.history.map(({ state, at, t }) => ({ state, at, t })),
  }
}

/** A refused command in the same shape, so that whoever looks for it finds out what was wrong. It has no t. */
export function refusedInstanceJson(refused: RefusedCommand): JsonObject {
  const { id, type, actor, code, sentence, faults, data, at } = refused
  const errors = faults.length === 0 ? {} : { errors: faults.map(f => ({ ...f })) }
  return {
    id,
    type,
    state: "rejected",
    owner: actor,
    target: null,
    data,
    parent: null,
    children: [],
    waits: [],
    timers: [],
    result: null,
    error: { class: "user", code, message: sentence, ...errors },
    createdAt: at,
    updatedAt: at,
    t: null,
    history: [{ state: "rejected", at, t: null }],
  }
}

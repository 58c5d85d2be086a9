import { instant } from "../kernel/clock.ts"
import type { Life } from "../kernel/life.ts"
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

/** A command's instance as it is said on the wire; of a lasting one, with all that it has and waits for. */
export function instanceJson(instance: Instance, children: readonly string[], life: Life | null = null): JsonObject {
  const { command } = instance
  return {
    id: command.id,
    type: command.type,
    state: instance.state,
    owner: instance.owner,
    target: command.target === null ? null : { type: command.target.type, id: command.target.id },
    data: life?.data ?? command.data,
    parent: instance.parent,
    children,
    waits: [...waitsJson(life), ...endsJson(life, instance)],
    timers: timersJson(life),
    ...(life === null ? {} : { asked: command.data, version: life.version, mailbox: life.mailbox?.length ?? 0 }),
    ...turnJson(instance, life),
    ...(life?.stuck === undefined ? {} : { stuck: life.stuck }),
    result: instance.result,
    error: instance.error,
    createdAt: instance.createdAt,
    updatedAt: instance.updatedAt,
    ...(instance.archivedAt === undefined ? {} : { archivedAt: instance.archivedAt }),
    t: instance.t,
    history: instance.history.map(({ state, at, t }) => ({ state, at, t })),
  }
}

/** Whose turn comes first: of those about the same entity, or of those in line; and when it is tried again. */
function turnJson({ state, command, attempts, due }: Instance, life: Life | null): JsonObject {
  if (state === "retrying") return { retry: { attempts, due: due === null ? null : instant(due) } }
  if (state !== "queued") return {}
  const { target } = command
  if (life?.gate === undefined)
    return { turn: { about: target === null ? null : { type: target.type, id: target.id } } }
  const key = life.gate.slice(`queued ${life.workflow} `.length)
  return { turn: { workflow: life.workflow, ...(key === "" ? {} : { key }), priority: life.priority ?? 0 } }
}

/** One that is being aborted waits for the ends of its children, and for nothing that it said itself. */
function endsJson(life: Life | null, { history }: Pick<Instance, "history">): readonly JsonObject[] {
  if (life?.state !== "aborting") return []
  const ends = Map.groupBy(Object.entries(life.children ?? {}), ([, child]) => child.name)
  const since = history.find(({ state }) => state === "aborting")?.at ?? null
  return [...ends]
    .filter(([name]) => life.waits?.[name] === undefined)
    .map(([name, found]) => ({ name, children: found.map(([id]) => id), mode: "all", user: false, since, came: 0 }))
}

function waitsJson(life: Life | null): readonly JsonObject[] {
  const pending = Object.entries(life?.children ?? {})
  return Object.entries(life?.waits ?? {}).map(([name, wait]) => {
    const { mode, user, since, came } = wait
    const until = life?.timers?.[`until:${name}`]?.due
    const of =
      wait.kind === "event"
        ? { event: wait.event, filter: wait.filter }
        : { children: pending.filter(([, child]) => child.name === name).map(([id]) => id) }
    return {
      name,
      ...of,
      mode,
      user,
      since,
      came: came.length,
      ...(until === undefined ? {} : { until: instant(until) }),
    }
  })
}

function timersJson(life: Life | null): readonly JsonObject[] {
  return Object.entries(life?.timers ?? {}).map(([name, { due, moment }]) => {
    const again = moment.kind === "every" ? { every: { cron: moment.cron, zone: moment.zone } } : {}
    return { name, due: instant(due), ...again }
  })
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

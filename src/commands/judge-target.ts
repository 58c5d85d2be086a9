import { Refusal } from "../kernel/refusal.ts"
import type { Command } from "../kernel/message.ts"
import type { NewEvent } from "../ports/write.ts"
import type { Deciding } from "./deciding.ts"
import type { LiveHead } from "./heads.ts"
import { idTaken, mayRevive, withoutOwnWord } from "./judge-draft.ts"
import type { Judge } from "./judge.ts"
import type { Laid } from "./overlay.ts"
import type { Route, Routes } from "./routes.ts"
import type { Sight } from "./sight.ts"

/** What a decision about a target that was not there came to. */
export type Said = { readonly entities: ReadonlyMap<string, Laid>; readonly events: readonly NewEvent[] }

/** Refuses a command about a target that is there, and about which who asks may not say this. */
export function* judgeTarget(head: LiveHead, { command }: Route, judge: Judge): Deciding<void> {
  if (head.document === null) return
  const [allowed] = yield* judge.before([{ id: head.id, permission: command.requires }])
  if (allowed === true) return
  const sentence = `${command.name} needs the permission ${command.requires} on ${head.id}`
  throw new Refusal("forbidden", sentence, { id: head.id, permission: command.requires }, [
    { path: "/target", code: "forbidden", message: `needs the permission ${command.requires}` },
  ])
}

/**
 * Refuses what a command made of a target that was not there, if who asks may not make it: where it is made, judged as it
 * is then; where it is not, because the domain said no, judged as nothing but what each of its type begins with. What is
 * there and hidden is answered in the same words, up to one who might have made it: they learn that the id is taken.
 */
export function* judgeMade(command: Command, said: Said, sight: Sight, judge: Judge, routes: Routes): Deciding<void> {
  const { target } = command
  if (target === null) return
  const { id } = target
  const made = said.entities.get(id)
  const isMade = made !== undefined && made.document !== null
  const blank = { type: target.type, document: routes.schema.entities.get(target.type)?.initial ?? {} }
  const fresh = new Set(sight.isHidden(id) ? [id] : [])
  const entities = new Map<string, Laid>(isMade ? said.entities : [[id, blank]])
  if (isMade) withoutOwnWord(entities, sight, judge, routes.schema)
  const ask = (permission: string) => judge.after([{ id, permission }], { entities, fresh })
  const [allowed] = yield* ask("create")
  if (allowed !== true) {
    const [reads] = isMade ? yield* ask("read") : [false]
    throw reads === true ? mayNotMake(command) : notThere(command, said)
  }
  const mayHave = !sight.isHidden(id) && (yield* mayRevive(sight.head(id), routes.schema, judge))
  if (!mayHave) throw idTaken(id, "/target/id")
}

/** The refusal of a command about what is not there, or not for who asks. */
export function notThere({ type, target }: Command, said: Said | null = null): Refusal {
  const id = target?.id ?? ""
  const sentence = `There is no ${id} that you could ask ${type} of`
  // What the domain says of nothing at all gives nothing away.
  const rejections = (said?.events ?? []).filter(event => event.rejection)
  const facts = rejections.map(event => ({ type: event.type, data: event.data }))
  const faults = [{ path: "/target", code: "not-found", message: sentence }]
  return new Refusal("not-found", sentence, facts.length === 0 ? { id } : { id, rejections: facts }, faults)
}

function mayNotMake({ type, target }: Command): Refusal {
  const message = "needs the permission create where it ends up"
  const sentence = `${type} would make ${target?.id}, and ${message}`
  return new Refusal("forbidden", sentence, { id: target?.id ?? "" }, [{ path: "/target", code: "forbidden", message }])
}

import type { Instance } from "../../kernel/instance.ts"
import type { Json } from "../../kernel/json.ts"
import { isEnd } from "../../kernel/message.ts"
import type { CommandTexts } from "../../ports/hash.ts"
import type { TransactionWrite } from "../../ports/write.ts"
import type { Known } from "./check.ts"
import type { SeenCommand } from "./look.ts"
import type { Memory } from "./memory.ts"
import type { LogRows } from "./rows.ts"
import { codeOfState } from "../sql/states.ts"

/** A command as it is after the writes of a batch so far. */
type Stepped = {
  readonly before: SeenCommand | null
  readonly first: number
  last: number
  instance: Instance
  texts: CommandTexts
}

/** Gathers the commands of a batch: one row each, however many steps it takes in it. */
export function commandPlan({ seen, names }: Known, log: LogRows) {
  const stepped = new Map<string, Stepped>()

  /** Notes a step. Returns the command's key; a place in the batch, negative, where it has none yet. */
  function step({ instance }: TransactionWrite, place: number, texts: CommandTexts): number {
    const { id } = instance.command
    const before = seen.commands.get(id) ?? null
    const command = stepped.get(id) ?? { before, first: place, last: place, instance, texts }
    command.last = place
    command.instance = instance
    command.texts = texts
    stepped.set(id, command)
    return before === null ? -command.first : before.n
  }

  function finish(): void {
    for (const command of stepped.values()) add(command)
  }

  function add({ before, first, last, instance, texts }: Stepped): void {
    log.cN.push(before === null ? null : before.n)
    log.cBefore.push(before === null ? null : before.t)
    log.cLast.push(last)
    log.cDue.push(instance.due)
    log.cAttempts.push(instance.attempts)
    log.cState.push(codeOfState(instance.state))
    log.cId.push(instance.command.id)
    log.cResult.push(texts.result)
    log.cError.push(texts.error)
    log.cHistory.push(historyText(instance))
    addAsked(before === null ? { first, instance, texts } : null, log, names)
  }

  /** Whether it takes its first step with this batch. */
  const isNew = (id: string) => !seen.commands.has(id)

  /** The t of a command's last step, if the batch is next; null: there is no such command. */
  function lastT(id: string): number | null {
    const last = stepped.get(id)?.last
    return last === undefined ? (seen.commands.get(id)?.t ?? null) : seen.t + last
  }

  const remember = ({ t }: { t: number }, memory: Memory) => rememberSteps(stepped, t, memory)

  return { step, finish, remember, lastT, isNew }
}

// What never changes is there already where this is a further step: null.
function addAsked(
  asked: Pick<Stepped, "first" | "instance" | "texts"> | null,
  log: LogRows,
  names: Known["names"],
): void {
  const instance = asked?.instance
  const command = instance?.command
  const correlation = instance?.correlationId
  log.cFirst.push(asked?.first ?? null)
  log.cCreated.push(instance === undefined ? null : Date.parse(instance.createdAt))
  log.cExpected.push(command?.expectedVersion ?? null)
  log.cBasis.push(command?.basisT ?? null)
  log.cType.push(command === undefined ? null : names.keyOf(command.type))
  log.cTargetType.push(command?.target == null ? null : names.keyOf(command.target.type))
  log.cOwner.push(instance === undefined ? null : names.keyOf(instance.owner))
  log.cTarget.push(command?.target?.id ?? null)
  log.cParent.push(instance?.parent ?? null)
  log.cCorrelation.push(correlation === undefined || correlation === command?.id ? null : correlation)
  log.cOccurred.push(command?.occurredAt ?? null)
  log.cDigest.push(instance?.digest ?? null)
  log.cData.push(asked?.texts.data ?? null)
}

/** Notes the commands that are not at their end: a further step will rest on this one. */
function rememberSteps(stepped: ReadonlyMap<string, Stepped>, t: number, memory: Memory): void {
  for (const [id, { before, first, last, instance }] of stepped) {
    if (!isEnd(instance.state)) memory.command(id, { n: before === null ? t + first : before.n, t: t + last })
  }
}

/**
 * The history as it is stored: null where it is one step that the other columns tell as well. The t of the last step is
 * the row's own.
 */
function historyText({ history, state }: Instance): string | null {
  const last = history.at(-1)
  if (last === undefined) return "[]"
  const isPlain = history.length === 1 && last.state === state && last.process === undefined
  if (isPlain) return null
  const { t: _t, ...untimed } = last
  return JSON.stringify([...history.slice(0, -1), untimed])
}

/** The JSON of a command as it is stored with a step. What was asked for is stored with the first one. */
export function textsOf({ instance }: TransactionWrite, isNew: boolean): CommandTexts {
  const { command, result, error } = instance
  return { data: isNew ? JSON.stringify(command.data) : "", result: textOrNull(result), error: textOrNull(error) }
}

function textOrNull(value: Json): string | null {
  return value === null ? null : JSON.stringify(value)
}

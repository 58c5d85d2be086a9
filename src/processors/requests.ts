import type { Request } from "../kernel/handler.ts"
import { limits } from "../kernel/limits.ts"
import type { Asker, Command, RecordedEvent } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { isBug } from "./failure.ts"
import type { ProcessorParts } from "./parts.ts"

/** What a processor returned, as the requests it stands for. Anything else is a mistake of the processor. */
export function requestsOf(reaction: unknown, processor: string): readonly Request[] {
  if (reaction === null || reaction === undefined) return []
  const requests: readonly unknown[] = Array.isArray(reaction) ? reaction : [reaction]
  for (const request of requests) {
    if (isRequest(request)) continue
    throw new TypeError(`The processor ${processor} returned something that is no command: ${typeof request}`)
  }
  return requests as readonly Request[]
}

function isRequest(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false
  return "type" in value && typeof value.type === "string" && "target" in value && "data" in value
}

/** The commands of a delivery. Their ids follow from the event: asked for twice, they are done once. */
export function commandsOf(
  requests: readonly Request[],
  event: RecordedEvent,
  processor: string,
  ids: ProcessorParts["ids"],
): readonly Command[] {
  return requests.map(({ type, target, data, occurredAt }, i) => ({
    id: ids.of(event.id, `${processor}:${i}`),
    type,
    target,
    data,
    ...(occurredAt === undefined ? {} : { occurredAt }),
  }))
}

/**
 * Asks for the commands of one delivery: those about one entity one after the other, those about different entities
 * side by side. One without a target may be about anything, so it waits for all before it, and all behind wait for it.
 * When several fail, the failure that settles most is thrown: a bug before what may pass.
 */
export async function askAll(
  commands: readonly Command[],
  event: RecordedEvent,
  request: ProcessorParts["request"],
): Promise<void> {
  const asker = { actor: "system", correlationId: event.correlationId, parent: event.causedBy.id }
  // Most deliveries ask for one command, and need no plan.
  if (commands.length === 1) return askInOrder(commands, asker, request)
  for (const chains of stagesOf(commands)) {
    const failures: unknown[] = []
    await Promise.all(
      chains.map(chain => askInOrder(chain, asker, request).catch((error: unknown) => void failures.push(error))),
    )
    if (failures.length > 0) throw failures.find(isBug) ?? failures[0]
  }
}

/** Cuts commands into stages that follow each other, each of chains that do not wait for one another. */
export function stagesOf(commands: readonly Command[]): readonly (readonly (readonly Command[])[])[] {
  const stages: Command[][][] = []
  let chains = new Map<string, Command[]>()
  const close = () => {
    if (chains.size > 0) stages.push([...chains.values()])
    chains = new Map()
  }
  for (const command of commands) {
    if (command.target === null) {
      close()
      stages.push([[command]])
      continue
    }
    const chain = chains.get(command.target.id)
    if (chain !== undefined) chain.push(command)
    else if (chains.size < limits.batchUnitsMax) chains.set(command.target.id, [command])
    else {
      close()
      chains.set(command.target.id, [command])
    }
  }
  close()
  return stages
}

async function askInOrder(chain: readonly Command[], asker: Asker, request: ProcessorParts["request"]): Promise<void> {
  for (const command of chain) {
    try {
      await request(command, asker)
    } catch (error) {
      // An effect that ran before may say it in other words this time. What it said first was done, and stays.
      if (!(error instanceof Refusal) || error.code !== "duplicate-conflict") throw error
    }
  }
}

import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import { assert, Refusal } from "../kernel/refusal.ts"
import type { Deciding } from "./deciding.ts"
import type { Sight } from "./sight.ts"

/** What a unit of work is asked for, that can erase. */
type Erasing = {
  erase(
    id: string,
    names: readonly string[] | null,
  ): Promise<Readonly<Record<"transactions" | "events" | "commands", readonly unknown[]>>>
}

/** Runs the command `Erase`. Its result says how much there was; nothing, where all was erased before. */
export async function runErase({ uow, data }: Readonly<Record<string, unknown>>): Promise<Json> {
  assert(canErase(uow) && isObject(data), "a command is run without its unit of work")
  const { attributes } = data
  const names = Array.isArray(attributes) ? attributes.map(String) : null
  const { transactions, events, commands } = await uow.erase(entityOf(data), names)
  return { transactions: transactions.length, events: events.length, commands: commands.length }
}

/** Refuses to erase what is not there, or not for who asks. */
export function* checkErasable({ data, target }: Command, sight: Sight): Deciding<void> {
  if (target !== null) throw withTarget()
  const id = entityOf(data)
  yield { heads: [id] }
  if (sight.head(id).version > 0) return
  const sentence = `There is no ${id} of which you could erase anything`
  throw new Refusal("not-found", sentence, { id }, [{ path: "/data/entity", code: "not-found", message: sentence }])
}

function withTarget(): Refusal {
  const message = "is not taken by Erase: what is erased is said in its data"
  return new Refusal("invalid", `A target ${message}`, {}, [{ path: "/target", code: "target", message }])
}

function entityOf({ entity }: JsonObject): string {
  assert(typeof entity === "string", "a command without its entity is run")
  return entity
}

function canErase(uow: unknown): uow is Erasing {
  return typeof uow === "object" && uow !== null && "erase" in uow && typeof uow.erase === "function"
}

import type { Json, JsonObject } from "../kernel/json.ts"
import type { Fault } from "../kernel/refusal.ts"
import { pointerStep } from "./json-text.ts"

const members: ReadonlySet<string> = new Set([
  "id",
  "type",
  "target",
  "data",
  "expectedVersion",
  "occurredAt",
  "basisT",
])

// How older kinds of clients spell members, and what each is here.
const older: ReadonlyMap<string, string> = new Map([
  ["name", "/type"],
  ["uuid", "/id"],
  ["command_type", "/type"],
  ["command_uuid", "/id"],
  ["target_aggregate_type", "/target/type"],
  ["target_aggregate_uuid", "/target/id"],
])

// What only the server says about a command. Whoever sends it along is neither refused nor believed.
const serverSays: ReadonlySet<string> = new Set(
  (
    "actor at causedBy children clientId clientSeq correlationId createdAt error events history meta n owner parent " +
    "result schemaVersion state t timers updatedAt waits client_id client_seq user_uuid client-id client-seq user-uuid"
  ).split(" "),
)

/** A command in the one spelling. `sentAs` tells how what stands at a path was spelled, where that differs. */
export type Spelled = { readonly command: JsonObject; readonly sentAs: ReadonlyMap<string, string> }

const asItIs: ReadonlyMap<string, string> = new Map()

/** The members of a command in the one spelling, whichever it was sent in, and nothing but them. */
export function spelled(json: JsonObject, faults: Fault[]): Spelled {
  for (const key in json) if (!members.has(key)) return respelled(json, faults)
  return { command: json, sentAs: asItIs }
}

function respelled(json: JsonObject, faults: Fault[]): Spelled {
  const command: Record<string, Json | undefined> = {}
  const target: Record<string, Json | undefined> = {}
  const sentAs = new Map<string, string>()
  for (const [key, value] of Object.entries(json)) {
    const path = `/${pointerStep(key)}`
    const home = members.has(key) ? path : older.get(key)
    if (home === undefined) {
      if (!serverSays.has(key)) faults.push({ path, code: "unknown", message: "is no member of a command" })
    } else if (sentAs.has(home)) {
      faults.push({ path, code: "twice", message: `says again what ${sentAs.get(home)} says` })
    } else {
      sentAs.set(home, path)
      if (home.startsWith("/target/")) target[home.slice("/target/".length)] = value
      else command[home.slice(1)] = value
    }
  }
  if (Object.keys(target).length === 0) return { command, sentAs }
  if (command["target"] !== undefined) {
    faults.push({ path: "/target", code: "twice", message: "is said twice, in two spellings" })
  }
  return { command: { ...command, target }, sentAs }
}

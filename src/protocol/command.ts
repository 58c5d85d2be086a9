import { isId, type Ids } from "../kernel/ids.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { Command, T } from "../kernel/message.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import { refuseTrouble } from "./json-text.ts"
import { isInstant, isT } from "./moment.ts"
import { spelled } from "./spelling.ts"

/** A command as it was sent. Its basis may still be an instant; whoever holds the log knows the t that stands for. */
export type SentCommand = Omit<Command, "basisT"> & { readonly basisT?: T | string }

const idMessage = `is not an id: a string of 1 to ${limits.idCharsMax} characters without control characters`
const nameMessage = `is not a name: a string of 1 to ${limits.nameCharsMax} characters`
const instantMessage = "is not an ISO 8601 instant with an offset or Z, like 2026-11-20T15:00:00Z"

/**
 * Reads a command as it is sent, in either spelling, and gives it an id if it has none, and its target if that has none:
 * something new is made then. What is not of this shape is refused as `malformed`, with every fault and its place.
 * Whether there is such a command, and whether its data fits, is not looked at here.
 */
export function readCommand(json: Json | undefined, parts: { readonly ids: Ids }): SentCommand {
  const faults: Fault[] = []
  if (!isObject(json)) throw malformed([{ path: "", code: "type", message: "is not a JSON object" }])
  refuseTrouble(json)
  const { command, sentAs } = spelled(json, faults)
  checkMembers(command, faults)
  const target = targetOf(command["target"], faults)
  if (faults.length > 0) throw malformed(faults.map(f => ({ ...f, path: sentAs.get(f.path) ?? f.path })))

  // What was checked above is cast below: each member is there in its type, or absent.
  const { id, type, data, expectedVersion, occurredAt, basisT } = command as Partial<SentCommand>
  const newTarget = () => (id === undefined ? parts.ids.next() : parts.ids.of(id, "target"))
  return {
    id: id ?? parts.ids.next(),
    type: type as string,
    target: target && { type: target.type, id: target.id ?? newTarget() },
    data: data ?? {},
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
    ...(occurredAt === undefined ? {} : { occurredAt }),
    ...(basisT === undefined ? {} : { basisT }),
  }
}

function checkMembers(command: JsonObject, faults: Fault[]): void {
  const { id, type, data, expectedVersion, occurredAt, basisT } = command
  if (id !== undefined && !isId(id)) faults.push({ path: "/id", code: "id", message: idMessage })
  checkName(type, "/type", faults)
  if (data !== undefined && !isObject(data))
    faults.push({ path: "/data", code: "type", message: "is not a JSON object" })
  if (expectedVersion !== undefined && !isT(expectedVersion)) {
    faults.push({ path: "/expectedVersion", code: "version", message: "is not a whole number from 0 on" })
  }
  if (occurredAt !== undefined && !isInstantJson(occurredAt)) {
    faults.push({ path: "/occurredAt", code: "instant", message: instantMessage })
  }
  if (basisT !== undefined && !isT(basisT) && !isInstantJson(basisT)) {
    faults.push({ path: "/basisT", code: "moment", message: `is not a t, and ${instantMessage}` })
  }
}

// Without an id it is something new. Sent again, the same command must mean the same target: its id follows from the
// command's, unless that is given anew each time as well.
type SentTarget = { readonly type: string; readonly id?: string | undefined }

function targetOf(target: Json | undefined, faults: Fault[]): SentTarget | null {
  if (target === undefined || target === null) return null
  if (!isObject(target)) {
    faults.push({ path: "/target", code: "type", message: "is not an object of type and id" })
    return null
  }
  const { type, id } = target
  for (const key in target) {
    if (key !== "type" && key !== "id")
      faults.push({ path: `/target/${key}`, code: "unknown", message: "is no member of a target" })
  }
  checkName(type, "/target/type", faults)
  if (id !== undefined && !isId(id)) faults.push({ path: "/target/id", code: "id", message: idMessage })
  return { type: type as string, id: id as string | undefined }
}

function checkName(name: Json | undefined, path: string, faults: Fault[]): void {
  if (name === undefined) faults.push({ path, code: "required", message: "is missing" })
  else if (typeof name !== "string" || name.length === 0 || name.length > limits.nameCharsMax) {
    faults.push({ path, code: "name", message: nameMessage })
  }
}

function isInstantJson(value: Json): boolean {
  return typeof value === "string" && isInstant(value)
}

function malformed(faults: readonly Fault[]): Refusal {
  const [first] = faults
  const place = first?.path ? `${first.path} ${first.message}` : `it ${first?.message}`
  return new Refusal("malformed", `This is not a command: ${place}`, {}, faults)
}

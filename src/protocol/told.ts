import { isId, type Ids } from "../kernel/ids.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import { refuseTrouble } from "./json-text.ts"

/** Reads an event that is told from outside, `{id?, type, data?, to?}`, as the command that takes it in. */
export function readTold(json: Json | undefined, { ids }: { readonly ids: Ids }): Command {
  if (!isObject(json)) throw malformed([{ path: "", code: "type", message: "is not a JSON object" }])
  refuseTrouble(json)
  const faults: Fault[] = []
  const { id, type, data = {}, to } = json
  for (const name of Object.keys(json)) {
    if (!["id", "type", "data", "to"].includes(name))
      faults.push({ path: `/${name}`, code: "unknown", message: "is no member of an event that is told" })
  }
  if (id !== undefined && !isId(id)) faults.push({ path: "/id", code: "id", message: "is not an id" })
  if (to !== undefined && !isId(to)) faults.push({ path: "/to", code: "id", message: "is not an id" })
  if (typeof type !== "string" || type === "") faults.push({ path: "/type", code: "name", message: "is not a name" })
  if (!isObject(data)) faults.push({ path: "/data", code: "type", message: "is not a JSON object" })
  if (faults.length > 0) throw malformed(faults)
  const told: JsonObject = to === undefined ? { type, data } : { type, data, to }
  return { id: isId(id) ? id : ids.next(), type: "ReceiveEvent", target: null, data: told }
}

function malformed(faults: readonly Fault[]): Refusal {
  const [first] = faults
  return new Refusal("malformed", `This is not an event: ${first?.path || "it"} ${first?.message}`, {}, faults)
}

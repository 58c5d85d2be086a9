import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { isId } from "../kernel/ids.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import { at } from "../schema/faults.ts"

/** How an op names an entity: by its id, by a name of this transaction (`~name`), or by an identity attribute's value. */
export type Naming =
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "lookup"; readonly attribute: string; readonly value: Json }

/** By attribute, the values that are added or removed. */
type Values = { readonly [attribute: string]: readonly Json[] | undefined }

/** One op of a `Transact`, read: its shape is right, its names are not looked up yet. `path` is where it stood. */
export type Op =
  | {
      readonly kind: "put"
      readonly path: string
      readonly entity: string
      readonly id: Json
      readonly set: JsonObject
      readonly add: Values
      readonly remove: Values
    }
  | { readonly kind: "retract"; readonly path: string; readonly id: Json }
  | {
      readonly kind: "cas"
      readonly path: string
      readonly id: Json
      readonly attribute: string
      readonly old: Json
      readonly new: Json
    }

/** Reads the ops of a `Transact`, or refuses with every fault and its path. */
export function readOps(data: JsonObject): readonly Op[] {
  const { ops } = data
  if (!Array.isArray(ops)) throw faulty([fault("/data/ops", "required", "Transact needs a list of ops")])
  if (ops.length > limits.opsPerTransactMax) {
    throw new Refusal(
      "too-large",
      `A Transact takes at most ${limits.opsPerTransactMax} ops; this one has ${ops.length}`,
    )
  }
  const faults: Fault[] = []
  const read = ops.map((op: Json, i) => readOp(op, `/data/ops/${i}`, faults))
  if (faults.length > 0) throw faulty(faults)
  return read.filter(op => op !== null)
}

/** A refusal that lists faults. */
export function faulty(faults: readonly Fault[]): Refusal {
  return new Refusal("invalid", `Transact: ${faults[0]?.path} ${faults[0]?.message}`, {}, faults)
}

/** A refusal because what is named at a place is not there. */
export function missing(path: string, sentence: string): Refusal {
  return new Refusal("not-found", sentence, {}, [fault(path, "not-found", sentence)])
}

/** One fault of an op. */
export function fault(path: string, code: string, message: string): Fault {
  return { path, code, message }
}

function readOp(op: Json, path: string, faults: Fault[]): Op | null {
  if (!isObject(op)) return wrong(faults, path, "an op is an object")
  if (op["retract"] !== undefined)
    return keysIn(op, ["retract"], path, faults) ? { kind: "retract", path, id: op["retract"] ?? null } : null
  if (op["cas"] !== undefined) return readCas(op, path, faults)
  if (op["entity"] === undefined) return wrong(faults, path, 'an op has "entity", "retract" or "cas"')
  return readPut(op, path, faults)
}

function readCas(op: JsonObject, path: string, faults: Fault[]): Op | null {
  if (!keysIn(op, ["cas", "attr", "old", "new"], path, faults)) return null
  if (typeof op["attr"] !== "string") return wrong(faults, `${path}/attr`, "names an attribute")
  return {
    kind: "cas",
    path,
    id: op["cas"] ?? null,
    attribute: op["attr"],
    old: op["old"] ?? null,
    new: op["new"] ?? null,
  }
}

/** Reads an op that sets, adds or removes values. */
export function readPut(op: JsonObject, path: string, faults: Fault[]): Extract<Op, { kind: "put" }> | null {
  if (!keysIn(op, ["entity", "id", "set", "add", "remove"], path, faults)) return null
  const { entity, id = `~${path}`, set = {}, add = {}, remove = {} } = op
  if (typeof entity !== "string") return wrong(faults, `${path}/entity`, "names an entity type")
  if (!isObject(set)) return wrong(faults, `${path}/set`, "is an object of attributes")
  const [added, removed] = [readLists(add, `${path}/add`, faults), readLists(remove, `${path}/remove`, faults)]
  return added && removed && { kind: "put", path, entity, id, set, add: added, remove: removed }
}

function readLists(lists: Json, path: string, faults: Fault[]): Values | null {
  if (!isObject(lists)) return wrong(faults, path, "is an object of attributes, each with a list of values")
  for (const [attribute, values] of Object.entries(lists)) {
    if (values !== undefined && !Array.isArray(values)) return wrong(faults, at(path, attribute), "is a list of values")
  }
  return lists as Values
}

function keysIn(op: JsonObject, known: readonly string[], path: string, faults: Fault[]): boolean {
  const strange = Object.keys(op).filter(key => op[key] !== undefined && !known.includes(key))
  for (const key of strange) faults.push(fault(at(path, key), "unknown-key", `is none of ${known.join(", ")}`))
  return strange.length === 0
}

function wrong(faults: Fault[], path: string, message: string): null {
  faults.push(fault(path, "shape", message))
  return null
}

/** Reads how an entity is named: an id, a `~name`, or `[attribute, value]`. Null, with a fault, if it is none of them. */
export function readNaming(id: Json, path: string, tempId: (name: string) => string, faults: Fault[]): Naming | null {
  if (typeof id === "string" && id.startsWith("~") && id.length > 1) return { kind: "id", id: tempId(id) }
  if (isId(id)) return { kind: "id", id }
  if (Array.isArray(id) && id.length === 2 && typeof id[0] === "string") {
    return { kind: "lookup", attribute: id[0], value: id[1] as Json }
  }
  faults.push(fault(path, "id", 'is neither an id, nor a "~name", nor a lookup [attribute, value]'))
  return null
}

import type { JsonObject } from "../kernel/json.ts"
import { projectionStream } from "../kernel/projection.ts"
import { outsideStream } from "../kernel/workflow.ts"
import { builtInNames } from "./built-in.ts"
import { checkDataSchema } from "./data-schema.ts"
import { at } from "./faults.ts"
import { checkName, checkWord } from "./names.ts"
import {
  asObject,
  checkFlags,
  checkTexts,
  isCount,
  items,
  members,
  type Checking,
  type Member,
  type Part,
} from "./shape.ts"

/** Checks the commands and events of a schema. */
export function checkMessages(schema: JsonObject, checking: Checking): void {
  for (const command of members(schema, "commands", "The table of commands", "", checking.faults)) {
    const definition = checkMessage(command, "a command", builtInNames.commands, checking)
    if (definition !== null) checkCommand(definition, command.path, checking)
  }
  for (const event of members(schema, "events", "The table of events", "", checking.faults)) {
    const definition = checkMessage(event, "an event", builtInNames.events, checking)
    if (definition !== null) checkEvent(definition, event.path, checking)
  }
}

function checkMessage(
  { name, value, path }: Member,
  noun: string,
  builtIn: readonly string[],
  { faults }: Checking,
): JsonObject | null {
  checkName(name, noun, path, faults)
  if (builtIn.includes(name)) faults.add(path, "reserved", `${name} is built in and cannot be defined anew`)
  const definition = asObject(value, `The definition of ${noun}`, path, faults)
  if (definition === null) return null
  checkTexts(definition, ["doc"], path, faults)
  checkDataSchema(definition["data"], at(path, "data"), faults)
  return definition
}

function checkCommand(command: JsonObject, path: string, checking: Checking): void {
  const { faults } = checking
  const sentence = "A command has a target, the entity type it is about, or null"
  if (command["target"] !== null) checkEntityNamed(command["target"], at(path, "target"), sentence, checking)
  checkRequires(command, path, faults)
  for (const pointer of items(
    command,
    "sensitive",
    "sensitive, the places in the data that are not kept,",
    path,
    faults,
  )) {
    if (typeof pointer.value === "string" && /^(?:\/(?:[^~/]|~0|~1)*)+$/.test(pointer.value)) continue
    faults.add(pointer.path, "pointer", 'A sensitive place is a JSON Pointer into the data, such as "/password"')
  }
}

function checkEvent(event: JsonObject, path: string, checking: Checking): void {
  // What read models say, and what is told from outside, has no entity: it is in streams of their own.
  if (event["stream"] !== projectionStream && event["stream"] !== outsideStream)
    checkEntityNamed(
      event["stream"],
      at(path, "stream"),
      "An event has a stream, the entity type it is about",
      checking,
    )
  checkFlags(event, ["rejection"], path, checking.faults)
  checkRequires(event, path, checking.faults)
  if (event["version"] !== undefined && !isCount(event["version"])) {
    checking.faults.add(at(path, "version"), "version", "The version of an event is a whole number from 1 on")
  }
}

function checkRequires(message: JsonObject, path: string, faults: Checking["faults"]): void {
  const { requires } = message
  if (requires === undefined) return
  if (typeof requires === "string") checkWord(requires, "a permission", at(path, "requires"), faults)
  else faults.add(at(path, "requires"), "type", "requires names a permission")
}

function checkEntityNamed(name: Part, path: string, sentence: string, { catalog, faults }: Checking): void {
  if (name === undefined) faults.add(path, "required", sentence)
  else if (typeof name !== "string" || catalog.typesOf(name).length === 0)
    faults.unknown(path, "entity", name, catalog.entityNames)
}

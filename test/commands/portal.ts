import { daybook } from "../../src/app/define.ts"
import type { App } from "../../src/kernel/app.ts"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import type { Outcome } from "../../src/kernel/message.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import type { Store } from "../../src/ports/store.ts"
import { portal } from "../schema/portal.ts"
import { World, type storeNames } from "./world.ts"

// As data alone: nothing of it needs code.
const { commands: _commands, events: _events, ...schema } = portal
export const portalApp: App = daybook({ schema })

export const people = ["alice", "bob", "carol", "dave"] as const
export const everybody = [...people, "anonymous", "nobody-at-all"] as const

let made = 0
const uuid = () => `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`

const put = (entity: string, id: string, set: JsonObject): JsonObject => ({ entity, id, set: { uuid: uuid(), ...set } })

/** An op that makes a document with all that it must have. */
export const file = (id: string, set: JsonObject = {}): JsonObject => put("File", id, { title: id, ...set })
export const folder = (id: string, set: JsonObject = {}): JsonObject => put("Folder", id, { title: id, ...set })
export const share = (id: string, set: JsonObject): JsonObject => put("Share", id, set)
export const org = (id: string, set: JsonObject = {}): JsonObject => put("Org", id, { name: id, ...set })

/** An op that changes what is there. */
export const change = (entity: string, id: Json, set: JsonObject): JsonObject => ({ entity, id, set })

/** Two organisations, four people, what they wrote, and what they share. */
const data: JsonObject[] = [
  ...people.map(name => put("User", name, { name, email: `${name}@x.org`, "password-digest": `of ${name}` })),
  org("org1", { admins: ["alice"], members: ["bob"] }),
  org("org2", { members: ["carol"] }),
  folder("d1", { org: "org1", owner: "bob", notes: "for us" }),
  file("d2", { folder: "d1" }),
  file("d3", { folder: "d1", private: true, owner: "bob" }),
  file("d4", { org: "org1", owner: "dave", related: ["d5"] }),
  file("d5", { org: "org1", owner: "carol", related: ["d4"] }),
  file("d6", { org: "org2", related: ["d4"] }),
  share("s1", { to: "org2", document: "d1", active: true }),
  share("s2", { to: "org2", document: "d4", active: false }),
]

export const types: { readonly [id: string]: string } = {
  ...Object.fromEntries(people.map(name => [name, "User"])),
  org1: "Org",
  org2: "Org",
  d1: "Folder",
  ...Object.fromEntries(["d2", "d3", "d4", "d5", "d6"].map(id => [id, "File"])),
  s1: "Share",
  s2: "Share",
}

/** The portal with its data; everything in it was made by `system`. */
export async function portalWorld(
  name: (typeof storeNames)[number],
  options: { app?: App; wrap?: (store: Store) => Store } = {},
): Promise<World> {
  const { app = portalApp, ...rest } = options
  const world = await World.on(name, app, rest)
  await world.transact(data, { as: "system" })
  return world
}

/** What came of it for who asked: `done`, or what it was refused with and where. */
export async function answerOf(asked: Promise<Outcome>): Promise<string> {
  try {
    const { state } = await asked
    return state === "succeeded" ? "done" : state
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const [first] = error.faults
    return [error.code, first?.path].filter(Boolean).join(" ")
  }
}

/** All that a refusal says, with an id that was asked about taken out: two that read alike cannot be told apart. */
export async function wordsOf(asked: Promise<Outcome>, id: string): Promise<string> {
  try {
    return JSON.stringify({ state: (await asked).state })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, facts, faults } = error
    return JSON.stringify({ code, message, facts, faults }).replaceAll(id, "IT")
  }
}

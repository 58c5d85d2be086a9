import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { whenFileEnds } from "../ending.ts"

/** Some ops, and who may what after them: by entity, by permission, the subjects. */
export type Stage = {
  readonly ops: readonly object[]
  readonly may: { readonly [entity: string]: { readonly [permission: string]: readonly string[] } }
  /** By entity and subject, the groups. */
  readonly groups?: { readonly [entity: string]: { readonly [subject: string]: readonly string[] } }
}

/** A model of somebody else's, in a schema of ours. Ids are written `kind:name`; types begin with a capital letter. */
export type Model = {
  readonly name: string
  readonly entities: { readonly [type: string]: object }
  /** Everybody who is asked about; anonymous is always. */
  readonly subjects: readonly string[]
  readonly stages: readonly Stage[]
}

export type Said = { readonly status: number; readonly body: unknown }
export type Call = (path: string, as?: string, body?: unknown) => Promise<Said>

/** An entity with what is said of it. */
export function put(id: string, entity: string, set: object = {}): object {
  return { entity, id, set: { name: id, ...set } }
}

const bin = fileURLToPath(new URL("../../bin/daybook", import.meta.url))

/** The real server on a schema, until the tests of the file are over. */
export async function serve(schema: object): Promise<Call> {
  const url = await started(schema)
  return async (path, as = "system", body) => {
    const headers = { "daybook-as": as, "content-type": "application/json" }
    const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
    const response = await fetch(url + path, { headers, ...sent })
    return { status: response.status, body: await response.json() }
  }
}

/** Starts the real server on a schema and says where it listens. It ends with the tests of the file. */
export async function started(schema: object): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "daybook-outside-"))
  writeFileSync(join(folder, "schema.json"), JSON.stringify(schema))
  const child = spawn(bin, ["serve", join(folder, "schema.json"), "--dev", "--data", ":memory:", "--port", "0"])
  whenFileEnds(() => {
    child.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  })
  let err = ""
  child.stderr.on("data", chunk => (err += String(chunk)))
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`It ended: ${err}`)))
  const [line] = (await Promise.race([once(child.stdout, "data"), ended])) as [Buffer]
  ended.catch(() => {})
  return /http:\/\/\S+/.exec(String(line))![0]
}

/** Tries models on one server that has the schemas of all. */
export function tryModels(title: string, models: readonly Model[]): void {
  const own = models.map((model, i) => apart(model, `M${i}`))
  const entities = Object.fromEntries(own.flatMap(model => Object.entries(model.entities)))
  const serving = serve({ daybook: 1, name: "models", version: 1, entities })
  for (const model of own) {
    test(`${title}: ${model.name} [L55 L56 L60 L64 L67 L72]`, async () => {
      expect.hasAssertions()
      const call = await serving
      for (const stage of model.stages) await tryStage(stage, model, call)
    })
  }
}

// Each model has names of its own, so that many fit into one schema and one store. `name` is on everything.
function apart(model: Model, prefix: string): Model {
  const types = Object.keys(model.entities).flatMap(type => [
    type,
    ...Object.keys((model.entities[type] as { variants?: object }).variants ?? {}),
  ])
  const named = new RegExp(`"(${types.join("|")})(/[^"]*)?"`, "g")
  const text = JSON.stringify({ ...model, name: undefined })
    .replaceAll(named, (_, type: string, rest = "") => `"${prefix}${type}${rest}"`)
    .replaceAll(/"([a-z]+:[^"]*)"/g, `"${prefix}:$1"`)
  const read = JSON.parse(text) as Model
  for (const entity of Object.values(read.entities) as { attributes: object; abstract?: { attributes: object } }[]) {
    const own = entity.abstract ?? entity
    own.attributes = { name: { type: "string" }, ...own.attributes }
  }
  return { ...read, name: model.name }
}

async function tryStage({ ops, may, groups = {} }: Stage, model: Model, call: Call): Promise<void> {
  const said = await call("/commands", "system", { type: "Transact", data: { ops } })
  expect(said).toMatchObject({ status: 200, body: { state: "succeeded" } })
  const subjects = [...model.subjects, null]
  const items = Object.entries(may).flatMap(([entity, permissions]) =>
    Object.keys(permissions).flatMap(permission => subjects.map(subject => ({ subject, entity, permission }))),
  )
  const told = await checked(items, call)
  const expected = items.map(item => [item, isMeant(item.subject, may[item.entity]![item.permission]!)])
  expect(items.map((item, i) => [item, told[i]!.allowed])).toEqual(expected)
  await tryExplained(items, told, call)
  await tryReading(may, model, call)
  const asked = Object.entries(groups).flatMap(([entity, by]) => Object.keys(by).map(subject => ({ subject, entity })))
  const had = asked.length === 0 ? [] : await checked(asked, call)
  expect(asked.map(({ entity, subject }, i) => [entity, subject, had[i]!.groups])).toEqual(
    asked.map(({ entity, subject }) => [entity, subject, [...groups[entity]![subject]!].sort()]),
  )
}

type Item = { readonly subject: string | null; readonly entity: string; readonly permission: string }
type Told = { readonly allowed: boolean; readonly groups: readonly string[]; readonly permissions: readonly string[] }

function isMeant(subject: string | null, meant: readonly string[]): boolean {
  return meant.includes(subject ?? "anonymous") || meant.includes("*") || (subject !== null && meant.includes("known"))
}

async function checked(items: readonly object[], call: Call): Promise<readonly Told[]> {
  const told: Told[] = []
  for (let i = 0; i < items.length; i += 1000) {
    const said = await call("/check", "system", items.slice(i, i + 1000))
    expect(said.status).toBe(200)
    told.push(...(said.body as Told[]))
  }
  return told
}

// What explains says the same as what checks, and each group has a way along which it came.
async function tryExplained(items: readonly Item[], told: readonly Told[], call: Call): Promise<void> {
  const asked = async ({ subject, entity, permission }: Item) => {
    const params = new URLSearchParams({ subject: subject ?? "anonymous", entity, permission })
    return call(`/explain?${params.toString()}`)
  }
  const explained: Said[] = []
  for (let i = 0; i < items.length; i += 20) {
    explained.push(...(await Promise.all(items.slice(i, i + 20).map(asked))))
  }
  for (const [i, { status, body }] of explained.entries()) {
    const { allowed, groups, permissions, paths } = body as Told & { paths: { group: string }[] }
    expect([items[i], status, { allowed, groups, permissions }]).toEqual([items[i], 200, told[i]])
    expect([items[i], [...new Set(paths.map(path => path.group))].sort()]).toEqual([items[i], groups])
  }
}

// What each subject finds, pulls and counts is what they may read.
async function tryReading(may: Stage["may"], model: Model, call: Call): Promise<void> {
  const asked = Object.keys(may).filter(entity => may[entity]!["read"] !== undefined)
  for (const as of [...model.subjects, "anonymous"]) {
    const reads = asked.filter(id => isMeant(as === "anonymous" ? null : as, may[id]!["read"]!))
    const pulled = await call("/query", as, { pull: ["@id"], of: asked })
    const { result } = pulled.body as { result: ({ "@id": string } | null)[] }
    expect([as, result.flatMap(one => one?.["@id"] ?? [])]).toEqual([as, reads])
    const among = { in: [["?e", "..."]], args: [asked], where: [["?e", "?a", "_"]] }
    const found = await call("/query", as, { find: [["?e", "..."]], ...among })
    expect([as, [...(found.body as { result: string[] }).result].sort()]).toEqual([as, [...reads].sort()])
    const counted = await call("/query", as, { find: [["count", "?e"], "."], ...among })
    expect([as, (counted.body as { result: number | null }).result ?? 0]).toEqual([as, reads.length])
  }
}

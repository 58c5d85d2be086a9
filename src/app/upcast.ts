import type { App } from "../kernel/app.ts"
import type { Upcaster } from "../kernel/aggregate.ts"
import { isEmptied } from "../kernel/erased.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { CompiledSchema } from "../schema/compile.ts"

/** Carries an event's data to the newest version of its type. What is recorded stays as it was. */
export type Upcast = (event: RecordedEvent) => RecordedEvent

/** Builds the chain of upcasters, or throws one Error that lists what is missing or too much in it. */
export function buildUpcast(app: App, schema: CompiledSchema): Upcast {
  const problems: string[] = []
  const chain = new Map<string, Upcaster>()
  for (const upcaster of app.upcasters) {
    const { event, from } = upcaster
    const newest = schema.events.get(event)?.version
    if (newest === undefined) problems.push(`There is an upcaster for ${event}, but the schema knows no such event`)
    else if (from >= newest)
      problems.push(`There is an upcaster for version ${from} of ${event}, which is at ${newest}`)
    if (chain.has(keyOf(event, from))) problems.push(`There are two upcasters for version ${from} of ${event}`)
    chain.set(keyOf(event, from), upcaster)
  }
  checkChain(chain, schema, problems)
  if (problems.length > 0) throw new Error(`The upcasters do not fit together:\n- ${problems.join("\n- ")}`)
  if (chain.size === 0) return event => event
  return event => {
    const newest = schema.events.get(event.type)?.version ?? event.typeVersion
    if (event.typeVersion >= newest || isEmptied(event.data)) return event
    let { data, typeVersion } = event
    for (; typeVersion < newest; typeVersion++) data = chain.get(keyOf(event.type, typeVersion))!.up(data)
    return { ...event, data, typeVersion }
  }
}

function checkChain(chain: ReadonlyMap<string, Upcaster>, schema: CompiledSchema, problems: string[]): void {
  for (const { name, version } of schema.events.values()) {
    for (let from = 1; from < version; from++) {
      if (chain.has(keyOf(name, from))) continue
      problems.push(`${name} is at version ${version}, but no upcaster carries version ${from} to ${from + 1}`)
    }
  }
}

function keyOf(event: string, version: number): string {
  return `${event}:${version}`
}

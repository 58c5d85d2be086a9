import type { App } from "../kernel/app.ts"
import type { Upcaster } from "../kernel/aggregate.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { CompiledSchema } from "../schema/compile.ts"

/** Carries an event's data to the newest version of its type. What is recorded stays as it was. */
export type Upcast = (event: RecordedEvent) => RecordedEvent

/** Builds the chain of upcasters, or throws an Error that names each version without a way on. */
export function buildUpcast(app: App, schema: CompiledSchema): Upcast {
  if (app.upcasters.length === 0) {
    checkChain(new Map(), schema)
    return event => event
  }
  const chain = new Map<string, Upcaster>()
  for (const upcaster of app.upcasters) {
    const key = `${upcaster.event}:${upcaster.from}`
    if (!schema.events.has(upcaster.event)) throw new Error(`There is an upcaster for ${upcaster.event}, but the schema knows no such event`)
    if (chain.has(key)) throw new Error(`There are two upcasters for version ${upcaster.from} of ${upcaster.event}`)
    chain.set(key, upcaster)
  }
  checkChain(chain, schema)
  return event => {
    const newest = schema.events.get(event.type)?.version ?? event.typeVersion
    if (event.typeVersion >= newest) return event
    let { data, typeVersion } = event
    for (; typeVersion < newest; typeVersion++) data = chain.get(`${event.type}:${typeVersion}`)!.up(data)
    return { ...event, data, typeVersion }
  }
}

function checkChain(chain: ReadonlyMap<string, Upcaster>, schema: CompiledSchema): void {
  for (const { name, version } of schema.events.values()) {
    for (let from = 1; from < version; from++) {
      if (chain.has(`${name}:${from}`)) continue
      throw new Error(`${name} is at version ${version}, but no upcaster carries version ${from} to ${from + 1}`)
    }
  }
}

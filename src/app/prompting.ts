import type { Ids } from "../kernel/ids.ts"
import type { Dispatcher } from "../commands/dispatcher.ts"
import type { Daybook } from "../daybook.ts"
import { injector } from "../kernel/inject.ts"
import { isObject, type Json } from "../kernel/json.ts"
import type { QueryAsker } from "../kernel/named-query.ts"
import type { T } from "../kernel/message.ts"
import { promptsQuery } from "../kernel/prompt.ts"
import { Prompts, type PromptsParts } from "../queries/prompts.ts"
import type { CompiledQuery } from "../queries/named.ts"
import type { Queries } from "../queries/queries.ts"
import { lazyValidator } from "../schema/ajv.ts"
import { anonymous, system } from "../security/security.ts"

const data = { type: "object", properties: { owner: { type: "string", minLength: 1 } }, additionalProperties: false }

type Asked = { readonly data: Json; readonly asker: QueryAsker; readonly t: T; readonly isPast: boolean }

/** The query `prompts`: everybody is told their own, with what is theirs by a link; who operates, anybody's. */
export function askingPrompts(
  parts: PromptsParts,
  mayAsk: (owner: string, asker: QueryAsker) => Promise<void>,
  ownersOf: (owner: string) => Promise<readonly string[]>,
): CompiledQuery {
  const prompts = new Prompts(parts)
  const run = async ({ data: said, asker, t, isPast }: Asked) => {
    const owner = isObject(said) && typeof said["owner"] === "string" ? said["owner"] : asker.principal
    await mayAsk(owner, asker)
    const [, ...others] = await ownersOf(owner)
    return prompts.of([owner, ...others], t, isPast)
  }
  const injected = injector(run, "the query prompts", ["data", "asker", "t", "isPast"])
  return { name: promptsQuery, record: false, validate: lazyValidator(data), run: injected }
}

type RecordingParts = {
  readonly queries: Queries
  readonly dispatcher: Dispatcher
  readonly ids: Ids
  readonly named: ReadonlyMap<string, Pick<CompiledQuery, "record">>
}

/** Answers queries, and records that a person has asked one where the app wants to know: as a command of theirs. */
export function recording({ queries, dispatcher, ids, named }: RecordingParts): Daybook["query"] {
  return async (body, asker, options) => {
    const answer = await queries.query(body, asker, options)
    const { principal } = asker
    if (principal === system || principal === anonymous || !isObject(body)) return answer
    const { name, data: said = {} } = body
    if (typeof name !== "string" || named.get(name)?.record !== true) return answer
    const command = { id: ids.next(), type: "RunQuery", target: null, data: { name, data: said } }
    await dispatcher.request(command, { actor: system, owner: principal })
    return answer
  }
}

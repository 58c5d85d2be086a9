import { hasEnded, instanceIdOf, type Life } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import type { CommandState } from "../kernel/message.ts"
import { instanceType, type Workflow } from "../kernel/workflow.ts"
import type { Store } from "../ports/store.ts"

/** Instances of one version of a workflow that an app could not carry on, with the first few of their ids. */
export type Adrift = {
  readonly workflow: string
  readonly version: number
  /** The version that the app has of it; null: it has none. */
  readonly has: number | null
  readonly count: number
  readonly ids: readonly string[]
}

const unended: readonly CommandState[] = ["queued", "waiting", "aborting", "stuck"]
const idsMax = 5

/** The instances under way that would be stuck with these workflows, because their version is not among them. */
export async function adriftOf(
  workflows: readonly Workflow[],
  store: Pick<Store, "commands" | "entities">,
): Promise<readonly Adrift[]> {
  const known = new Map(workflows.map(workflow => [workflow.type, workflow]))
  const found = new Map<string, Adrift>()
  for await (const { command, workflow, version } of livesOf(store)) {
    const own = known.get(workflow)
    if (own !== undefined && (own.version === version || (own.version > version && own.upgrade !== null))) continue
    const key = `${workflow} ${version}`
    const { count, ids } = found.get(key) ?? { count: 0, ids: [] }
    const first = ids.length < idsMax ? [...ids, command] : ids
    found.set(key, { workflow, version, has: own?.version ?? null, count: count + 1, ids: first })
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, adrift]) => adrift)
}

async function* livesOf({ commands, entities }: Pick<Store, "commands" | "entities">): AsyncGenerator<Life> {
  const limit = limits.pageItemsMax
  for (const state of unended) {
    for (let after: string | undefined, isEnd = false; !isEnd;) {
      const page = await commands.list({ state, limit, ...(after === undefined ? {} : { after }) })
      const heads = await entities.heads(page.map(({ command }) => instanceIdOf(command.id)))
      for (const head of heads) {
        if (head?.type !== instanceType || head.document === null) continue
        // What is stored under this type is what its steps have made.
        const life = head.document as Life
        if (!hasEnded(life)) yield life
      }
      after = page.at(-1)?.command.id
      isEnd = page.length < limit
    }
  }
}

/** What is to be said of them. */
export function adriftSentence({ workflow, version, has, count, ids }: Adrift): string {
  const why = has === null ? "has no such workflow" : `has version ${has}, and no way there from version ${version}`
  const which = ids.join(", ") + (count > ids.length ? " …" : "")
  return `${workflow}: ${count} under way of version ${version} would be stuck, because this application ${why}: ${which}`
}

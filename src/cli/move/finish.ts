import { Refusal } from "../../kernel/refusal.ts"
import type { Holdings, MovableStore } from "../../ports/transfer.ts"
import type { Finding } from "../../ports/maintenance.ts"
import { newLookups } from "../../app/new-lookups.ts"
import { compileSchema } from "../../schema/compile.ts"
import { parseSchema } from "../../schema/parse.ts"
import { note } from "../print.ts"

const entitiesAtOnce = 500

/** Carries over what is kept beside the log, in the place of whatever an interrupted run has left. */
export async function carryAside(source: MovableStore, target: MovableStore): Promise<void> {
  await target.transfer.clearAside()
  for await (const page of source.transfer.aside()) await target.transfer.addAside(page)
}

/**
 * Gives the target the looked-up values of the schema that is in force by now: what was copied has those of its own time,
 * and the source has made them anew since.
 */
export async function carryLookups(target: MovableStore): Promise<void> {
  const schemas = (await target.maintenance.schemas()).map(({ schema }) => compileSchema(parseSchema(schema)))
  const newest = schemas.at(-1)
  if (newest === undefined) return
  const changed = schemas.slice(0, -1).flatMap(before => newLookups(before, newest))
  const attributes = [...new Map(changed.map(attribute => [attribute.fullName, attribute])).values()]
  if (attributes.length === 0) return
  let after: number | null = 0
  while (after !== null) after = await target.maintenance.rebuildValues(attributes, after, entitiesAtOnce)
}

/** Refuses unless both have the same log, by its hash, and as many of everything. */
export async function checkSame(source: MovableStore, target: MovableStore): Promise<Holdings> {
  const [here, there] = [await source.maintenance.chain(), await target.maintenance.chain()]
  if (here.t !== there.t || here.hash !== there.hash) {
    throw new Refusal("conflict", `The target's log ends at t ${there.t}, and not as the source's at t ${here.t}`, {
      here,
      there,
    })
  }
  const [wanted, found] = [await source.transfer.holdings(), await target.transfer.holdings()]
  const kinds = Object.keys(wanted) as (keyof Holdings)[]
  const short = kinds.filter(kind => wanted[kind] !== found[kind])
  if (short.length === 0) return wanted
  const places = short.map(kind => `${found[kind]} ${kind} instead of ${wanted[kind]}`)
  throw new Refusal("conflict", `The target does not hold what the source holds: ${places.join(", ")}`, {
    wanted,
    found,
  })
}

/** Refuses a target in which anything is not as a store promises, unless it is the same in the source. */
export async function checkSound(source: MovableStore, target: MovableStore): Promise<void> {
  const found = await findingsIn(target)
  if (found.length === 0) return
  const known = new Set((await findingsIn(source)).map(({ sentence }) => sentence))
  const findings = found.filter(({ sentence }) => !known.has(sentence))
  const [first] = findings
  if (first === undefined) return note(`The source is not sound, and so is the target now, in ${found.length} places`)
  throw new Refusal("conflict", `The target is not sound, in ${findings.length} places; the first: ${first.sentence}`)
}

async function findingsIn({ maintenance }: MovableStore): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for await (const finding of maintenance.verify()) findings.push(finding)
  return findings
}

import type { Workflow } from "../kernel/workflow.ts"

/** What this room reads of the compiled schema. */
type SchemaFacts = {
  readonly commands: ReadonlyMap<string, unknown>
  readonly events: ReadonlyMap<string, unknown>
}

/** The workflows of an app by the commands they handle; throws one Error that says everything that does not fit. */
export function tableOf(workflows: readonly Workflow[], schema: SchemaFacts): ReadonlyMap<string, Workflow> {
  const problems: string[] = []
  const table = new Map<string, Workflow>()
  for (const workflow of workflows) {
    if (table.has(workflow.type)) problems.push(`There are two workflows ${workflow.type}`)
    table.set(workflow.type, workflow)
    check(workflow, schema, problems)
  }
  if (problems.length > 0) throw new Error(`The workflows do not fit together:\n- ${problems.join("\n- ")}`)
  return table
}

function check(workflow: Workflow, { commands, events }: SchemaFacts, problems: string[]): void {
  const { type, version, on, startedBy, limit } = workflow
  const known = [...events.keys()].join(", ")
  if (!commands.has(type)) {
    const names = [...commands.keys()].join(", ")
    problems.push(`There is a workflow ${type}, but the schema knows no such command; known are ${names}`)
  }
  if (!Number.isInteger(version) || version < 1)
    problems.push(`The workflow ${type} has version ${version}: that is a whole number from 1 on`)
  if (limit !== null && (!Number.isInteger(limit.running) || limit.running < 1))
    problems.push(`The workflow ${type} lets ${limit.running} run at a time: that is a whole number from 1 on`)
  for (const [name, { hears, match, enough }] of Object.entries(on)) {
    const place = `The workflow ${type} reacts as ${name}`
    if (hears.kind === "event" && !events.has(hears.event))
      problems.push(`${place} to ${hears.event}, but the schema knows no such event; known are ${known}`)
    if (hears.kind !== "event" && match !== null) problems.push(`${place} to no event, but says which are its own`)
    if (hears.kind === "timer" && enough !== null) problems.push(`${place} to a timer, but says how many are enough`)
    if (/^(until|retry):/.test(name)) problems.push(`${place}: names that begin like that are taken`)
  }
  for (const event of Object.keys(startedBy)) {
    if (!events.has(event))
      problems.push(
        `The workflow ${type} is started by ${event}, but the schema knows no such event; known are ${known}`,
      )
  }
}

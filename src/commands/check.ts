import type { Command } from "../kernel/message.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import { isId } from "../kernel/ids.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { LiveHead } from "./heads.ts"
import type { Route, Routes } from "./routes.ts"

/** Refuses a command that is against the schema, whatever the state of its target. Returns how it is handled. */
export function checkCommand(command: Command, routes: Routes): Route {
  const route = routes.commands.get(command.type)
  if (route === undefined) {
    const known = [...routes.commands.keys()].join(", ")
    throw new Refusal("unknown-command", `There is no command ${command.type}; known are ${known}`, {
      type: command.type,
    })
  }
  const faults: Fault[] = []
  checkTarget(command, route, routes.schema, faults)
  for (const fault of route.command.validate(command.data)) faults.push({ ...fault, path: `/data${fault.path}` })
  if (faults.length > 0) {
    throw new Refusal(
      "invalid",
      `${command.type} is against its schema: ${faults[0]!.path} ${faults[0]!.message}`,
      {},
      faults,
    )
  }
  return route
}

function checkTarget(command: Command, route: Route, schema: CompiledSchema, faults: Fault[]): void {
  const wanted = route.command.target
  const { target } = command
  if (wanted === null && target === null) return
  if (target === null) {
    faults.push({ path: "/target", code: "required", message: `${command.type} needs a target, a ${wanted}` })
  } else if (!isId(target.id)) {
    faults.push({ path: "/target/id", code: "id", message: "is not an id" })
  } else if (!schema.entities.has(target.type)) {
    faults.push({ path: "/target/type", code: "unknown-type", message: `There is no entity ${target.type}` })
  } else if (wanted !== null && !route.command.accepts(target.type)) {
    faults.push({
      path: "/target/type",
      code: "target",
      message: `The target of ${command.type} is a ${wanted}, not a ${target.type}`,
    })
  }
}

/** Refuses when the target is not as the sender expects it: its type, its version, or unchanged since the basis. */
export function checkExpectations(command: Command, head: LiveHead): void {
  const { expectedVersion, basisT, target } = command
  const name = `${head.type || target?.type} ${head.id}`
  if (target !== null && head.version > 0 && head.type !== target.type) {
    throw new Refusal("conflict", `The id ${head.id} belongs to an entity of another type`, { id: head.id })
  }
  if (expectedVersion !== undefined && expectedVersion !== head.version) {
    const facts = { stream: head.id, expected: expectedVersion, actual: head.version }
    throw new Refusal("conflict", `Expected ${name} at version ${expectedVersion}, found ${head.version}`, facts)
  }
  if (basisT !== undefined && head.t > basisT) {
    const since = head.t === Infinity ? "just now" : `at t ${head.t}`
    throw new Refusal("conflict", `${name} has changed since t ${basisT}: ${since}`, { stream: head.id, basisT })
  }
}

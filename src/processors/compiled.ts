import { injector, type Injected } from "../kernel/inject.ts"
import { limits } from "../kernel/limits.ts"
import { effectNeeds, processorNeeds, type Processor } from "../kernel/processor.ts"
import type { ProcessorParts } from "./parts.ts"
import { compileTriggers, type Triggers } from "./triggers.ts"

/** A processor, ready to run: what it listens to as tables, and its function with what it asks for. */
export type Compiled = {
  readonly name: string
  /** Under what name it has its checkpoint and its rows. */
  readonly consumer: string
  readonly mode: Processor["mode"]
  readonly from: Processor["from"]
  readonly triggers: Triggers
  readonly run: Injected
  readonly asks: ReadonlySet<string>
  readonly attemptsMax: number
  /** Null: what is pure waits for nobody, and needs no limit. */
  readonly timeoutMs: number | null
  readonly atOnceMax: number
}

/** Compiles all processors of an app, or throws one Error that says everything that does not fit. */
export function compileProcessors(
  processors: readonly Processor[],
  parts: Pick<ProcessorParts, "schema" | "adapters">,
): readonly Compiled[] {
  const problems: string[] = []
  const names = new Set<string>()
  const compiled = processors.flatMap(processor => {
    if (names.has(processor.name)) problems.push(`There are two processors ${processor.name}`)
    names.add(processor.name)
    try {
      return [compile(processor, parts)]
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
      return []
    }
  })
  if (problems.length > 0) throw new Error(`The processors do not fit together:\n- ${problems.join("\n- ")}`)
  return compiled
}

function compile(processor: Processor, { schema, adapters }: Pick<ProcessorParts, "schema" | "adapters">): Compiled {
  const { name, mode, from } = processor
  const triggers = compileTriggers(processor, schema)
  const run = injector(
    processor.run,
    `the processor ${name}`,
    [...processorNeeds, ...effectNeeds, ...Object.keys(adapters)],
    processor.inject,
  )
  if (mode === "pure") checkPure(name, run.names)
  const timeoutMs = timeoutOf(processor)
  return {
    name,
    consumer: consumerOf(name),
    mode,
    from,
    triggers,
    run,
    asks: new Set(run.names),
    attemptsMax: processor.attemptsMax ?? limits.attemptsMax,
    timeoutMs,
    atOnceMax: mode === "effect" ? limits.effectsAtOnceMax : limits.batchUnitsMax,
  }
}

function timeoutOf({ name, mode, timeoutMs = limits.effectMsMax }: Processor): number | null {
  if (mode === "pure") return null
  if (Number.isFinite(timeoutMs) && timeoutMs > 0) return timeoutMs
  throw new Error(`The processor ${name} has timeoutMs ${timeoutMs}: that is a number of milliseconds above 0`)
}

function checkPure(processor: string, asked: readonly string[]): void {
  const outside = asked.find(name => !processorNeeds.some(known => known === name))
  if (outside === undefined) return
  const [what, why] = effectNeeds.some(known => known === outside)
    ? [outside, "only an effect may know more than the past"]
    : [`the adapter ${outside}`, "only an effect talks to the outside"]
  throw new Error(`The processor ${processor} asks for ${what}, but is pure: ${why}`)
}

/** The name under which a processor has its checkpoint and its rows. */
export function consumerOf(processor: string): string {
  return `processor:${processor}`
}

import type { App } from "../../kernel/app.ts"
import type { Document } from "../../kernel/entity.ts"
import type { Request } from "../../kernel/handler.ts"
import { sameJson, type JsonObject } from "../../kernel/json.ts"
import { event, type Target } from "../../kernel/message.ts"
import type { Processor } from "../../kernel/processor.ts"
import { fail, requestsText } from "./failure.ts"
import { recordedAll, usualInstant, type Given } from "./happened.ts"
import { deliver, hears, type Became, type Delivered, type Known } from "./reaction.ts"
import { noRules, rulesOf, type Rules } from "./rules.ts"

/** What a processor finds, before an event is delivered to it. Each word makes a new one: none changes. */
export type GivenProcessor = {
  /** Checks the event and the commands against the app's schema. Its adapters are not used: they are real. */
  in(app: App): GivenProcessor
  /** Adapters by their names. What the processor asks for besides is a fake that answers nothing. */
  using(adapters: Readonly<Record<string, unknown>>): GivenProcessor
  /** Entities that are there. The one that an event is about: as it is by now, where an effect asks for the latest. */
  knowing(...entities: readonly Known[]): GivenProcessor
  /** 2 after one failure. */
  attempt(attempt: number): GivenProcessor
  /** Delivers an event. */
  when(event: Given): Reacting
  /** Delivers that an entity came into being, changed, or ceased to be. */
  whenCreated(type: string, id: string, document: Document): Reacting
  whenChanged(type: string, id: string, before: Document, after: Document): Reacting
  whenRetracted(type: string, id: string, before: Document): Reacting
}

/** What came of a delivery, to be compared. It is a promise: await it at the end. */
export type Reacting = Promise<Delivered> & {
  /** It asks for just these commands, in this order. */
  thenSends(...requests: readonly Request[]): Reacting
  /** It asks for no command. */
  thenNothing(): Reacting
  /** It asks for no command of these types. */
  thenNot(...types: readonly string[]): Reacting
  /** It fails, with this in its message. */
  thenFails(message?: string): Reacting
  /** Looks at what an adapter was asked. */
  thenAdapter(name: string): {
    called(method: string, ...args: readonly unknown[]): Reacting
    notCalled(method?: string): Reacting
    calledTimes(times: number): Reacting
  }
}

type Story = {
  readonly processor: Processor
  readonly rules: Rules
  readonly adapters: Readonly<Record<string, unknown>>
  readonly entities: readonly Known[]
  readonly attempt: number
}

/** Begins a test of what one processor does about an event. */
export function givenProcessor(processor: Processor): GivenProcessor {
  return processorOf({ processor, rules: noRules, adapters: {}, entities: [], attempt: 1 })
}

function processorOf(story: Story): GivenProcessor {
  const became = (to: Target, type: string, what: Became) =>
    delivered(story, { event: event(type, changesOf(what)), circumstances: { to } }, what)
  return {
    in: app => processorOf({ ...story, rules: rulesOf(app) }),
    using: adapters => processorOf({ ...story, adapters: { ...story.adapters, ...adapters } }),
    knowing: (...entities) => processorOf({ ...story, entities: [...story.entities, ...entities] }),
    attempt: attempt => processorOf({ ...story, attempt }),
    when: given => delivered(story, given, null),
    whenCreated: (type, id, after) => became({ type, id }, "EntityCreated", { kind: "created", before: null, after }),
    whenChanged: (type, id, before, after) => became({ type, id }, "EntityChanged", { kind: "changed", before, after }),
    whenRetracted: (type, id, before) =>
      became({ type, id }, "EntityRetracted", { kind: "retracted", before, after: null }),
  }
}

// What the built-in event of such a change says: each attribute that differs, with both its sides.
function changesOf({ before, after }: Became): JsonObject {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const differing = names.filter(name => !sameJson(before?.[name], after?.[name]))
  return { attributes: Object.fromEntries(differing.map(name => [name, { old: before?.[name], new: after?.[name] }])) }
}

function delivered(story: Story, given: Given, became: Became | null): Reacting {
  const { processor, rules, adapters, entities, attempt } = story
  const run = async () => {
    const usual = { to: { type: "", id: "entity" }, at: usualInstant, by: "system" }
    const [recorded] = recordedAll([given], rules, usual)
    const heard = recorded!
    if (!hears(processor, heard, became)) {
      const listens = processor.on.map(trigger =>
        typeof trigger === "string" ? trigger : `${trigger.kind} ${trigger.type}`,
      )
      fail(
        `The processor ${processor.name} does not hear it`,
        listens.join(", "),
        became ? `${became.kind} ${heard.stream.type}` : heard.type,
      )
    }
    const seen = await deliver({ processor, event: heard, became, entities, adapters, attempt, rules })
    for (const request of seen.requests) {
      const refusal = rules.refusalOf(request)
      if (refusal !== null) throw refusal
    }
    return seen
  }
  return reactingOf(processor.name, run())
}

function reactingOf(name: string, seen: Promise<Delivered>): Reacting {
  const after = (check: (seen: Delivered) => void) =>
    reactingOf(
      name,
      seen.then(what => {
        check(what)
        return what
      }),
    )
  const requests = (holds: (requests: readonly Request[]) => boolean, sentence: string, expected: string) =>
    after(what => {
      if (what.error !== null)
        throw new Error(`The processor ${name} fails: ${errorText(what.error)}`, { cause: what.error })
      if (!holds(what.requests)) fail(sentence, expected, requestsText(what.requests))
    })
  const adapter = (asked: string, check: (spy: NonNullable<ReturnType<Delivered["spies"]["get"]>>) => void) =>
    after(({ spies }) => {
      const spy = spies.get(asked)
      if (spy === undefined)
        fail(
          `The processor ${name} does not ask for the adapter ${asked}`,
          asked,
          [...spies.keys()].join(", ") || "none",
        )
      check(spy)
    })
  return Object.assign(seen, {
    thenSends: (...expected: readonly Request[]) =>
      requests(
        found => sameJson(found, expected),
        `The processor ${name} sends something else`,
        requestsText(expected),
      ),
    thenNothing: () => requests(found => found.length === 0, `The processor ${name} sends something`, "nothing"),
    thenNot: (...types: readonly string[]) =>
      requests(
        found => !found.some(request => types.includes(request.type)),
        `The processor ${name} sends what it should not`,
        `no ${types.join(", no ")}`,
      ),
    thenFails: (message = "") =>
      after(({ error, requests: found }) => {
        const said = errorText(error)
        if (error === null)
          fail(`The processor ${name} does not fail`, `an error with "${message}"`, requestsText(found))
        if (!said.includes(message)) fail(`The processor ${name} fails otherwise`, message, said)
      }),
    thenAdapter: (asked: string) => ({
      called: (method: string, ...args: readonly unknown[]) => adapter(asked, spy => spy.called(method, ...args)),
      notCalled: (method?: string) => adapter(asked, spy => spy.notCalled(method)),
      calledTimes: (times: number) => adapter(asked, spy => spy.calledTimes(times)),
    }),
  })
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import type { Aggregate } from "../../kernel/aggregate.ts"
import type { App } from "../../kernel/app.ts"
import type { Document } from "../../kernel/entity.ts"
import type { Request } from "../../kernel/handler.ts"
import { sameJson, type JsonObject } from "../../kernel/json.ts"
import type { Event, RecordedEvent } from "../../kernel/message.ts"
import { Refusal, type RefusalCode } from "../../kernel/refusal.ts"
import { checkDocument, decided, folded } from "./decision.ts"
import { eventsText, fail, jsonText } from "./failure.ts"
import { recordedAll, usualInstant, type Given } from "./happened.ts"
import { noRules, rulesOf, type Rules } from "./rules.ts"

/** What has happened to one entity, before a command is tried. Each word makes a new one: none changes. */
export type GivenState = {
  /** Checks commands, events and the entity against the app's schema, and begins with what that says. */
  in(app: App): GivenState
  /** What the entity is before the given events. */
  from(document: Document): GivenState
  /** What happened besides. */
  and(...events: readonly Given[]): GivenState
  /** When the command is decided: ISO 8601. */
  at(instant: string): GivenState
  /** Who asks. */
  by(actor: string): GivenState
  /** Tries a command. */
  when(command: Request): Decided
}

/** What came of a command, to be compared. */
export type Checked = {
  /** It says no with this rejection alone, and with this data where that is said. */
  thenRejected(type: string, data?: JsonObject): Checked
  /** Nothing happened. */
  thenNothing(): Checked
  /** No event of these types is among what happened. */
  thenNot(...types: readonly string[]): Checked
  /** The entity is this afterwards; null: it is not there. Empty lists need not be said. */
  thenState(document: Document | null): Checked
  /** The command is refused before anything is decided, or by a decision that throws a refusal. */
  thenRefused(code: RefusalCode): Checked
  /** Goes on from there: another command. */
  when(command: Request): Decided
  /** Goes on from there: something else happens, time passes, somebody else asks. */
  and(...events: readonly Given[]): GivenState
  at(instant: string): GivenState
  by(actor: string): GivenState
  readonly events: readonly Event[]
  readonly state: Document | null
}

/** What came of a command. */
export type Decided = Checked & {
  /** Just these events happened, in this order. */
  then(...events: readonly Event[]): Checked
}

type Story = {
  readonly subject: Aggregate | App
  readonly rules: Rules
  readonly before: Document | null
  readonly given: readonly Given[]
  readonly at: string
  readonly by: string
}

/** Begins a test of what one entity decides. */
export function givenState(subject: Aggregate | App, given: readonly Given[]): GivenState {
  const rules = subject.kind === "app" ? rulesOf(subject) : noRules
  return stateOf({ subject, rules, before: null, given, at: usualInstant, by: "system" })
}

function stateOf(story: Story): GivenState {
  return {
    in: app => stateOf({ ...story, rules: rulesOf(app) }),
    from: before => stateOf({ ...story, before }),
    and: (...events) => stateOf({ ...story, given: [...story.given, ...events] }),
    at: at => stateOf({ ...story, at }),
    by: by => stateOf({ ...story, by }),
    when: command => triedOn(story, command),
  }
}

function triedOn(story: Story, command: Request): Decided {
  try {
    return tried(story, command)
  } catch (error) {
    // Without a schema there are no empty lists to begin with, which is what code usually stumbles over.
    if (story.rules !== noRules || !(error instanceof TypeError)) throw error
    throw new TypeError(`${error.message} (an aggregate alone begins with {}: say in(app))`, { cause: error })
  }
}

function tried(story: Story, command: Request): Decided {
  const { subject, rules, before, given, at, by } = story
  const aggregate = subject.kind === "app" ? decider(subject, command, rules) : subject
  const to = command.target ?? { type: aggregate.type, id: "entity" }
  const place = (events: readonly Given[], after = 0) => recordedAll(events, rules, { to, at, by }, after)
  const history = place(given).filter(event => event.stream.id === to.id)
  const state = folded(aggregate, to.type, before, history, rules)
  const version = history.length + (before === null ? 0 : 1)
  const said = decided(aggregate, command, state, version, { now: at, actor: by }, rules)
  if (said instanceof Refusal) return decidedOf(story, command, [], state, said)

  const occurred = command.occurredAt === undefined ? {} : { at: command.occurredAt }
  const news: RecordedEvent[] = place(
    said.map(event => ({ event, circumstances: { ...occurred, to } })),
    history.length,
  )
  const after = folded(aggregate, to.type, state, news, rules)
  checkDocument(to.type, after, rules)
  const told = said.map(event => ({ event, circumstances: { ...occurred, at: occurred.at ?? at, to } }))
  return decidedOf({ ...story, given: [...given, ...told] }, command, said, after, null)
}

function decider(app: App, command: Request, rules: Rules): Aggregate {
  const { type, target } = command
  const found = app.aggregates.find(aggregate => Object.hasOwn(aggregate.decide, type))
  if (found !== undefined) return found
  // A command that there is not is refused, and the entity is what its events have made of it all the same.
  if (rules.refusalOf(command)?.code === "unknown-command")
    return app.aggregates.find(aggregate => aggregate.type === target?.type) ?? nobody
  throw new Error(`No aggregate of the app decides ${type}: what a handler does is tried with testApp`)
}

const nobody: Aggregate = { kind: "aggregate", type: "", decide: {}, evolve: {} }

function decidedOf(
  story: Story,
  command: Request,
  events: readonly Event[],
  state: Document | null,
  refusal: Refusal | null,
): Decided {
  const { type } = command
  const entityType = command.target?.type ?? ""
  const seen = refusal === null ? eventsText(events) : `refused, ${refusal.code}: ${refusal.message}`
  const must = (holds: boolean, sentence: string, expected: string, instead = seen) => {
    if (!holds) fail(sentence, expected, instead)
    return checked
  }
  const checked: Checked = {
    events,
    state,
    thenRejected(rejection, data) {
      const [only] = events
      const holds = events.length === 1 && only?.rejection === true && only.type === rejection
      const expected = `${rejection}, a rejection,${data === undefined ? " with any data" : ` ${jsonText(data)}`}`
      return must(holds && (data === undefined || sameJson(only.data, data)), `${type} is not rejected so`, expected)
    },
    thenNothing: () => must(refusal === null && events.length === 0, `${type} does something`, "nothing"),
    thenNot: (...types) =>
      must(
        !events.some(event => types.includes(event.type)),
        `${type} does what it should not`,
        `no ${types.join(", no ")}`,
      ),
    thenState(document) {
      const wanted = document === null ? null : story.rules.stateOf(entityType, document)
      const found = state === null ? null : story.rules.stateOf(entityType, state)
      return must(
        sameJson(found, wanted),
        `After ${type} the entity is something else`,
        jsonText(wanted),
        jsonText(found),
      )
    },
    thenRefused: code => must(refusal?.code === code, `${type} is not refused so`, `refused, ${code}`),
    when: next => triedOn(story, next),
    and: (...more) => stateOf(story).and(...more),
    at: at => stateOf(story).at(at),
    by: by => stateOf(story).by(by),
  }
  return {
    ...checked,
    // Reads as given, when, then. Whoever awaits it is told that there is nothing to wait for.
    // oxlint-disable-next-line unicorn/no-thenable
    then(...expected) {
      const [, reject] = expected as readonly unknown[]
      if (typeof reject === "function") {
        reject(new Error("given(…).when(…) answers at once: compare it with then(…), and do not await it"))
        return checked
      }
      return must(refusal === null && sameJson(events, expected), `${type} does something else`, eventsText(expected))
    },
  }
}

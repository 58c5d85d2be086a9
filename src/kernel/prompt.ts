import type { Document } from "./entity.ts"
import type { Maybe, Request } from "./handler.ts"
import type { Json, JsonObject } from "./json.ts"
import type { LifeState } from "./life.ts"
import type { CommandState, Target } from "./message.ts"
import type { Snapshot } from "./snapshot.ts"

/** The name of the query that tells prompts. */
export const promptsQuery = "prompts"

/** A command of somebody, as the rules of prompts see it: without what the schema calls sensitive. */
export type OwnCommand = {
  readonly id: string
  readonly type: string
  readonly target: Target | null
  readonly data: JsonObject
  readonly state: CommandState
  /** The command that caused it. */
  readonly parent: string | null
  readonly result: Json
  readonly error: JsonObject | null
  readonly createdAt: string
  readonly updatedAt: string
}

/** What a lasting command of somebody waits for them to do. */
export type UserWait = {
  readonly name: string
  readonly event: string
  readonly filter: JsonObject
  readonly since: string
}

/** A lasting command of somebody that is not at its end, with its data as it is, and what it waits for them to do. */
export type Pending = {
  readonly command: OwnCommand
  readonly state: LifeState
  readonly data: JsonObject
  readonly waits: readonly UserWait[]
}

/** What a rule looks at. It is pure: asked twice with the same, it says the same. */
export type PromptContext = {
  readonly owner: string
  /** The owner's state, where the rule says of which type they are; null: they are no such entity. */
  readonly entity: Document | null
  /** What they have asked for, and what was asked for in their name; newest first, at most a hundred. */
  readonly commands: readonly OwnCommand[]
  /** The newest of one type, however long ago. */
  readonly newest: (type: string, count: number) => Promise<readonly OwnCommand[]>
  /** What lasts and has not ended; newest first, at most a hundred. */
  readonly pending: readonly Pending[]
  readonly now: string
  /** Everything as it is: the rule says what of it the owner is told. */
  readonly snapshot: Snapshot
}

/** What is put before somebody. */
export type Prompt = {
  readonly text: string
  /** The id of the command that it is about. */
  readonly command?: string
  /** The id of the entity that it is about. */
  readonly entity?: string
  readonly since?: string
  readonly data?: JsonObject
  /** What they may ask for next. */
  readonly next?: Request
}

/** A rule by which something is put before people. */
export type PromptRule = {
  readonly kind: "prompt"
  readonly name: string
  /** What comes first: the lower. */
  readonly order: number
  /** The entity type of the owners whom it is about, where it reads their state. */
  readonly of: string | null
  readonly when: (context: PromptContext) => Maybe<Prompt | readonly Prompt[] | null>
}

/** A prompt with the rule that it comes from. */
export type ToldPrompt = Prompt & { readonly prompt: string; readonly order: number }

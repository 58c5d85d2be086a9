import type { Json, JsonObject } from "../kernel/json.ts"
import type { builtInNames } from "./built-in.ts"
import type { Flat, FromDataSchema } from "./infer-data.ts"

/** As much of a schema as its types are inferred from; `parseSchema` checks all of it. */
export type SchemaLiteral = {
  readonly daybook: 1
  readonly name: string
  readonly version: number
  readonly types?: { readonly [name: string]: { readonly type: string } }
  readonly entities: { readonly [name: string]: object }
  readonly commands?: { readonly [name: string]: { readonly target: string | null } }
  readonly events?: { readonly [name: string]: { readonly stream: string } }
}

/** A schema as it is written, with every name and every literal of it in its type. */
export function defineSchema<const S extends SchemaLiteral>(schema: S): S {
  return schema
}

// An editor, and what the compiler complains of, show a type by its name and by what it is given, which of a schema is a
// page. What asks "S extends object", as every schema does, is shown as what it comes to.

/** The names of all commands. */
export type CommandsOf<S> = S extends object ? NamesIn<S, "commands"> : never

/** The names of all events. */
export type EventsOf<S> = S extends object ? NamesIn<S, "events"> : never

/** The names of all entity types: variants are, their abstract is not. */
export type EntitiesOf<S> = S extends object
  ? {
      [Name in NamesIn<S, "entities">]: Entities<S>[Name] extends { readonly variants: infer V }
        ? keyof V & string
        : Name
    }[NamesIn<S, "entities">]
  : never

/** Every name that entities go by: that of their type, and for variants that of their abstract. */
export type EntityNamesOf<S> = S extends object ? EntitiesOf<S> | NamesIn<S, "entities"> : never

/** The names of an entity's attributes. Of an abstract: those that all of its variants have. */
export type AttributesOf<S, Entity> = S extends object ? keyof DefinitionsOf<S, Entity> & string : never

/** The names of the commands whose target may be of an entity type, by its own name or by its abstract's. */
export type CommandsFor<S, Entity> = {
  [Name in CommandsOf<S>]: Table<S, "commands">[Name] extends { readonly target: Entity | AbstractOf<S, Entity> }
    ? Name
    : never
}[CommandsOf<S>]

/** What a command's target is, as the schema says it: an entity type, or an abstract. */
export type TargetOf<S, Command> = Member<Member<Table<S, "commands">, Command>, "target">

/** The entity types that the target of a command may be of: one, or the variants of an abstract. */
export type TargetsOf<S, Command> = S extends object
  ? { [Entity in EntitiesOf<S>]: Command extends CommandsFor<S, Entity> ? Entity : never }[EntitiesOf<S>]
  : never

/** The names of the events that an entity type's streams may hold. */
export type EventsFor<S, Entity> = S extends object
  ? {
      [Name in EventsOf<S>]: Table<S, "events">[Name] extends { readonly stream: Entity | AbstractOf<S, Entity> }
        ? Name
        : never
    }[EventsOf<S>]
  : never

/** The names of the events that say no: they change nothing, so nothing evolves by them. */
export type RejectionsOf<S> = {
  [Name in EventsOf<S>]: Table<S, "events">[Name] extends { readonly rejection: true } ? Name : never
}[EventsOf<S>]

/** The names of the events that `Transact` records: in the streams of any entity, and in no schema. */
export type BuiltInEvents = (typeof builtInNames)["events"][number]

/** The names of the commands that every app has. */
export type BuiltInCommands = (typeof builtInNames)["commands"][number]

/** The data of a command. */
export type DataOf<S, Command> = MessageData<Member<Table<S, "commands">, Command>>

/** The data of an event. */
export type EventDataOf<S, Event> = MessageData<Member<Table<S, "events">, Event>>

/** The entity type, or the abstract, in whose streams an event is. */
export type StreamOf<S, Event> = Member<Member<Table<S, "events">, Event>, "stream">

/**
 * The state of an entity: what is required is there, and a list wherever there may be many values. Of an abstract: what
 * all of its variants have.
 */
export type StateOf<S, Entity> = StateFrom<S, DefinitionsOf<S, Entity>>

/** What an attribute of type `file` holds. */
export type FileValue = {
  readonly file: string
  readonly size: number
  readonly sha256: string
  readonly mediaType: string
}

/** A member of a type; never: it has none of this name. */
export type Member<Type, Key> = Key extends keyof Type ? Type[Key] : never
type Table<S, Key> = Key extends keyof S ? NonNullable<S[Key]> : {}
type NamesIn<S, Key> = S extends object ? keyof Table<S, Key> & string : never
type Entities<S> = Table<S, "entities">

type MessageData<Definition> = Definition extends { readonly data: infer Data } ? FromDataSchema<Data> : JsonObject

type AbstractOf<S, Variant> = {
  [Name in keyof Entities<S>]: Variant extends VariantsIn<Entities<S>[Name]> ? Name : never
}[keyof Entities<S>]

type VariantsIn<Definition> = Definition extends { readonly variants: infer V } ? keyof V : never

/** The attributes of an entity as they are written. A name is an entity's, an abstract's, or a variant's. */
export type DefinitionsOf<S, Entity> = Entity extends keyof Entities<S>
  ? Entities<S>[Entity] extends { readonly abstract: infer Abstract }
    ? AttributesIn<Abstract>
    : AttributesIn<Entities<S>[Entity]>
  : VariantAttributes<Member<Entities<S>, AbstractOf<S, Entity>>, Entity>

type VariantAttributes<Family, Variant> = Family extends {
  readonly abstract: infer Abstract
  readonly variants: infer V
}
  ? Over<AttributesIn<Abstract>, AttributesIn<Member<V, Variant>>>
  : never

type AttributesIn<Definition> = Definition extends { readonly attributes: infer A } ? A : {}

type Over<Base, Own> = Omit<Base, keyof Own> & Own

type StateFrom<S, Attributes> = Flat<
  {
    readonly [Name in keyof Attributes as IsThere<Resolved<S, Attributes[Name]>, Name>]: ValueOf<
      S,
      Resolved<S, Attributes[Name]>
    >
  } & {
    readonly [Name in keyof Attributes as IsThere<Resolved<S, Attributes[Name]>, Name> extends never ? Name : never]?:
      ValueOf<S, Resolved<S, Attributes[Name]>> | undefined
  }
>

type IsThere<Attribute, Name> = Attribute extends { readonly required: true } | { readonly many: true } ? Name : never

/** An attribute with the custom types it builds on merged in, as `resolveType` does it; here up to three of them. */
export type Resolved<S, Attribute> = Built<S, Built<S, Built<S, Attribute>>>

type Built<S, Attribute> = Attribute extends { readonly type: infer Type }
  ? Type extends keyof Table<S, "types">
    ? Over<Table<S, "types">[Type], Omit<Attribute, "type">>
    : Attribute
  : never

type ValueOf<S, Attribute> = Attribute extends { readonly many: true }
  ? readonly OneValueOf<S, Attribute>[]
  : OneValueOf<S, Attribute>

/** One value of an attribute, as it is stored. */
export type OneValueOf<S, Attribute> = Attribute extends { readonly type: "integer" | "number" }
  ? number
  : Attribute extends { readonly type: "boolean" }
    ? boolean
    : Attribute extends { readonly type: "json" }
      ? Json
      : Attribute extends { readonly type: "file" }
        ? FileValue
        : Attribute extends { readonly type: "enum"; readonly values: infer Values }
          ? EnumKeys<S, Values>
          : string

// An enum may share another's values, and that one a third's. A longer chain is not followed: the compiler, which also
// asks what this is for all schemas at once, would never come to an end.
type EnumKeys<S, Values> = Values extends { readonly $ref: infer Reference }
  ? SharedKeys<S, ValuesAt<S, Reference>>
  : keyof Values & string

type SharedKeys<S, Values> = Values extends { readonly $ref: infer Reference }
  ? keyof ValuesAt<S, Reference> & string
  : keyof Values & string

type ValuesAt<S, Reference> = Reference extends `${infer Entity}/${infer Attribute}`
  ? Member<Resolved<S, Member<DefinitionsOf<S, Entity>, Attribute>>, "values">
  : {}

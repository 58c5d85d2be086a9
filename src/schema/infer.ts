import type { Json, JsonObject } from "../kernel/json.ts"
import type { Flat, FromDataSchema } from "./infer-data.ts"

/** As much of a schema as its types are inferred from; `parseSchema` checks all of it. */
export type SchemaLiteral = {
  readonly daybook: 1
  readonly name: string
  readonly version: number
  readonly types?: { readonly [name: string]: { readonly type: string } }
  readonly entities: { readonly [name: string]: object }
  readonly commands?: { readonly [name: string]: { readonly target: string } }
  readonly events?: { readonly [name: string]: { readonly stream: string } }
}

/** A schema as it is written, with every name and every literal of it in its type. */
export function defineSchema<const S extends SchemaLiteral>(schema: S): S {
  return schema
}

/** The names of all commands. */
export type CommandsOf<S> = NamesIn<S, "commands">

/** The names of all events. */
export type EventsOf<S> = NamesIn<S, "events">

/** The names of all entity types: variants are, their abstract is not. */
export type EntitiesOf<S> = {
  [Name in NamesIn<S, "entities">]: Entities<S>[Name] extends { readonly variants: infer V } ? keyof V & string : Name
}[NamesIn<S, "entities">]

/** The names of the commands whose target may be of an entity type, by its own name or by its abstract's. */
export type CommandsFor<S, Entity> = {
  [Name in CommandsOf<S>]: Table<S, "commands">[Name] extends { readonly target: Entity | AbstractOf<S, Entity> }
    ? Name
    : never
}[CommandsOf<S>]

/** The names of the events that an entity type's streams may hold. */
export type EventsFor<S, Entity> = {
  [Name in EventsOf<S>]: Table<S, "events">[Name] extends { readonly stream: Entity | AbstractOf<S, Entity> }
    ? Name
    : never
}[EventsOf<S>]

/** The names of the events that say no: they change nothing, so nothing evolves by them. */
export type RejectionsOf<S> = {
  [Name in EventsOf<S>]: Table<S, "events">[Name] extends { readonly rejection: true } ? Name : never
}[EventsOf<S>]

/** The data of a command. */
export type DataOf<S, Command> = MessageData<Member<Table<S, "commands">, Command>>

/** The data of an event. */
export type EventDataOf<S, Event> = MessageData<Member<Table<S, "events">, Event>>

/**
 * The state of an entity: what is required is there, and a list wherever there may be many values. Of an abstract: what
 * all of its variants have.
 */
export type StateOf<S, Entity> = StateFrom<S, AttributesOf<S, Entity>>

/** What an attribute of type `file` holds. */
export type FileValue = {
  readonly file: string
  readonly size: number
  readonly sha256: string
  readonly mediaType: string
}

type Member<Type, Key> = Key extends keyof Type ? Type[Key] : never
type Table<S, Key> = Key extends keyof S ? NonNullable<S[Key]> : {}
type NamesIn<S, Key> = keyof Table<S, Key> & string
type Entities<S> = Table<S, "entities">

type MessageData<Definition> = Definition extends { readonly data: infer Data } ? FromDataSchema<Data> : JsonObject

type AbstractOf<S, Variant> = {
  [Name in keyof Entities<S>]: Variant extends VariantsIn<Entities<S>[Name]> ? Name : never
}[keyof Entities<S>]

type VariantsIn<Definition> = Definition extends { readonly variants: infer V } ? keyof V : never

// A name is that of an entity on its own, of an abstract, or of a variant in one of the abstracts.
type AttributesOf<S, Entity> = Entity extends keyof Entities<S>
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

// An attribute with the custom types it builds on merged in, as `resolveType` does it.
type Resolved<S, Attribute> = Attribute extends { readonly type: infer Type }
  ? Type extends keyof Table<S, "types">
    ? Resolved<S, Over<Table<S, "types">[Type], Omit<Attribute, "type">>>
    : Attribute
  : never

type ValueOf<S, Attribute> = Attribute extends { readonly many: true }
  ? readonly OneValueOf<S, Attribute>[]
  : OneValueOf<S, Attribute>

type OneValueOf<S, Attribute> = Attribute extends { readonly type: "integer" | "number" }
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

type EnumKeys<S, Values> = Values extends { readonly $ref: `${infer Entity}/${infer Attribute}` }
  ? EnumKeys<S, Member<Resolved<S, Member<AttributesOf<S, Entity>, Attribute>>, "values">>
  : keyof Values & string

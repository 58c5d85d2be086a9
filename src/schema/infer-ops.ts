import type { Json } from "../kernel/json.ts"
import type { AttributesOf, DefinitionsOf, EntitiesOf, EntityNamesOf, Member, OneValueOf, Resolved } from "./infer.ts"

/** One op of a `Transact`: it makes or changes an entity, ends one, or changes a value if it is still the one it was. */
export type OpOf<S> = S extends object
  ? | { [E in EntitiesOf<S>]: PutOf<S, E> }[EntitiesOf<S>]
    | Retract<IdentitiesOf<S>>
    | Cas<IdentitiesOf<S>, AttributesOfEach<S, EntitiesOf<S>>>
  : never

/** Makes an entity of a type, or changes it. Without an id it is a new one. */
export type PutOf<S, E> = S extends object
  ? {
      readonly entity: E
      readonly id?: Naming<IdentitiesOf<S>>
      /** Null: no value any more. */
      readonly set?: { readonly [A in AttributesOf<S, E>]?: SetTo<S, AttributeOf<S, E, A>> | null }
      readonly add?: ValuesOf<S, E>
      readonly remove?: ValuesOf<S, E>
    }
  : never

/** Ends an entity, with its components. */
export type Retract<Identity> = { readonly retract: Naming<Identity>; readonly entity?: never }

/** Gives an attribute another value, and refuses unless it still has the old one. Null: no value. */
export type Cas<Identity, Attribute> = {
  readonly cas: Naming<Identity>
  readonly entity?: never
  readonly attr: Attribute
  readonly old: Json
  readonly new: Json
}

/** How an op names an entity: by its id, by a `~name` of this transaction, or by the value of an identity attribute. */
export type Naming<Identity> = string | readonly [attribute: Identity, value: string | number | boolean]

/** The full names of the attributes by whose values an entity is found. */
export type IdentitiesOf<S> = S extends object
  ? { [E in EntityNamesOf<S>]: `${E}/${Identities<S, E>}` }[EntityNamesOf<S>]
  : never

type Identities<S, E> = {
  [A in AttributesOf<S, E>]: AttributeOf<S, E, A> extends { readonly unique: "identity" } ? A : never
}[AttributesOf<S, E>]

type AttributeOf<S, E, A> = Resolved<S, Member<DefinitionsOf<S, E>, A>>

type AttributesOfEach<S, E> = E extends unknown ? AttributesOf<S, E> : never

// Values that are added or removed, of the attributes that may have many.
type ValuesOf<S, E> = S extends object
  ? {
      readonly [
        A in AttributesOf<S, E> as AttributeOf<S, E, A> extends { readonly many: true } ? A : never
      ]?: readonly Given<S, AttributeOf<S, E, A>>[]
    }
  : never

type SetTo<S, Attribute> = Attribute extends { readonly many: true }
  ? readonly Given<S, Attribute>[]
  : Given<S, Attribute>

// What one value may be given as: what is stored, or what is read as it.
type Given<S, Attribute> = Attribute extends { readonly type: "ref" }
  ? Naming<IdentitiesOf<S>>
  : Attribute extends { readonly type: "decimal" }
    ? string | number
    : OneValueOf<S, Attribute>

import type { Json, JsonObject } from "../kernel/json.ts"

/** The TypeScript type of the data that a JSON Schema literal describes. What it cannot say in types is `Json`. */
export type FromJsonSchema<Data> = Data extends { readonly const: infer Value }
  ? Value
  : Data extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : Data extends { readonly anyOf: readonly (infer Part)[] }
      ? FromEach<Part>
      : Data extends { readonly type: readonly (infer Type)[] }
        ? FromTyped<Data, Type>
        : Data extends { readonly type: infer Type }
          ? FromTyped<Data, Type>
          : Json

/** Data of a message: an object, also where its schema does not say so. */
export type FromDataSchema<Data> = Data extends { readonly type: unknown } | { readonly anyOf: unknown }
  ? FromJsonSchema<Data>
  : Data extends { readonly $ref: unknown }
    ? JsonObject
    : ObjectFrom<Data>

type FromEach<Part> = Part extends unknown ? FromJsonSchema<Part> : never

type FromTyped<Data, Type> = Type extends "string"
  ? string
  : Type extends "number" | "integer"
    ? number
    : Type extends "boolean"
      ? boolean
      : Type extends "null"
        ? null
        : Type extends "array"
          ? ArrayFrom<Data>
          : Type extends "object"
            ? ObjectFrom<Data>
            : Json

type ArrayFrom<Data> = Data extends { readonly items: infer Item } ? readonly FromJsonSchema<Item>[] : readonly Json[]

// Without properties, an object is a table of whatever its additional properties are. With them it has these, and what
// else it may hold cannot be reached by mistake, unless its schema speaks of it.
type ObjectFrom<Data> = Data extends { readonly properties: infer Properties }
  ? Data extends { readonly additionalProperties: true | object }
    ? Members<Properties, RequiredIn<Data>> & JsonObject
    : Members<Properties, RequiredIn<Data>>
  : Data extends { readonly additionalProperties: infer Value }
    ? Value extends false
      ? { readonly [key: string]: never }
      : { readonly [key: string]: FromJsonSchema<Value> }
    : JsonObject

type RequiredIn<Data> = Data extends { readonly required: readonly (infer Name)[] } ? Name : never

type Members<Properties, Required> = Flat<
  { readonly [Name in keyof Properties as Name extends Required ? Name : never]: FromJsonSchema<Properties[Name]> } & {
    readonly [Name in keyof Properties as Name extends Required ? never : Name]?: FromJsonSchema<Properties[Name]>
  }
>

/** An intersection of objects as one object, for whoever reads it in an editor. */
export type Flat<Type> = { [Key in keyof Type]: Type[Key] } & {}

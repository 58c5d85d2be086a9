import type { Json, JsonObject } from "../kernel/json.ts"
import type { Meanings } from "./meaning.ts"

/** What is told of an entity whatever its type. */
export const builtIns = ["@id", "@type", "@t", "@createdT", "@groups", "@permissions"] as const

/** The name of something that is told of an entity whatever its type. */
export type BuiltIn = (typeof builtIns)[number]

/** What a field is the values of. */
export type Source =
  | { readonly kind: "builtIn"; readonly name: BuiltIn }
  | { readonly kind: "attribute"; readonly name: string; readonly meanings: Meanings }
  /** The entities that point here by a ref. `single`: at most one can. */
  | { readonly kind: "reverse"; readonly name: string; readonly meanings: Meanings; readonly single: boolean }

/** What is told of the entities that a field leads to. */
export type Target =
  | { readonly kind: "pattern"; readonly fields: readonly Field[]; readonly all: boolean }
  /** By entity type. One of another type is left out. */
  | { readonly kind: "union"; readonly branches: ReadonlyMap<string, Extract<Target, { kind: "pattern" }>> }

/** How a field goes on from the values it finds. */
export type Onward =
  /** Not at all: entities are told by their ids. */
  | null
  /** By a pattern or a union. */
  | { readonly kind: "join"; readonly target: Target }
  /** By what it stands in itself, so many times, or until nothing new is found. */
  | { readonly kind: "recursion"; readonly levels: number }
  /** Into the value itself, which is no entity: by the members it has. */
  | { readonly kind: "members"; readonly members: Json }

/** One thing that is told of an entity. */
export type Field = {
  /** The key in the answer. */
  readonly as: string
  readonly source: Source
  readonly onward: Onward
  readonly limit: number
  readonly offset: number
  /** Told where there is no value; undefined: then nothing is told. */
  readonly otherwise: Json | undefined
  /** What a derived attribute is told. */
  readonly params: JsonObject
  /** Where it stands in the query: a JSON Pointer. */
  readonly path: string
}

/** All that there is to tell of an entity, and of what belongs to it. */
export const everything: Extract<Target, { kind: "pattern" }> = { kind: "pattern", fields: [], all: true }

import type { Attribute } from "../schema/types.ts"
import type { CompiledDerived } from "./derived.ts"

/** What a name stands for in one entity type: an attribute of documents, or one that is derived. */
export type Meaning =
  | { readonly kind: "stored"; readonly attribute: Attribute }
  | { readonly kind: "derived"; readonly derived: CompiledDerived }

/** What a name stands for, by entity type: a short name may be one of many, and mean another thing in each. */
export type Meanings = ReadonlyMap<string, Meaning>

/** Spells names that stand in rows as short keys. */
export type Spelling = { readonly nameOf: (key: number) => string }

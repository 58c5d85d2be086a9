/** Where in a file something stands. */
export type Place = {
  readonly file: string
  // Counted from 1: the event in XES, the row in CSV (the header is row 1), the line in JSON Lines.
  readonly line: number
  // Where the row or line begins, counted in the unzipped content as UTF-8. XES events have none.
  readonly byte?: number
}

/** What an attribute can hold. */
export type Value = string | number | boolean

/** Attributes by name. A name that is absent was absent in the file. */
export type Attributes = Readonly<Record<string, Value>>

/** One line of a log: what happened in one case, once. */
export type LogLine = {
  readonly place: Place
  readonly caseId: string
  readonly activity: string
  // The step in the life of the activity, such as `complete`.
  readonly transition: string | null
  // ISO 8601 with the offset as written. Null when the file says none.
  readonly at: string | null
  readonly resource: string | null
  readonly caseAttributes: Attributes
  readonly attributes: Attributes
  // 1, 2, 3 … over the file, without holes: a resumed import skips up to the last one that it has.
  readonly number: number
}

/** One line of a JSON Lines file, with whatever value it holds. */
export type JsonLine = { readonly place: Place; readonly number: number; readonly value: unknown }

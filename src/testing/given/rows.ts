import type { App } from "../../kernel/app.ts"
import type { Document } from "../../kernel/entity.ts"
import { frozen, sameJson } from "../../kernel/json.ts"
import type { Event, RecordedEvent } from "../../kernel/message.ts"
import { projectingOf, type Projection } from "../../kernel/projection.ts"
import { eventsText, fail, jsonText } from "./failure.ts"
import { recordedAll, usualInstant, type Given } from "./happened.ts"
import { noRules, rulesOf, type Rules } from "./rules.ts"

/** What a projection has been told, and the rows that it comes to. Each word makes a new one: none changes. */
export type GivenRows = {
  /** Checks the events against the app's schema. */
  in(app: App): GivenRows
  /** What happened besides. */
  and(...events: readonly Given[]): GivenRows
  /** The row of a key is this. */
  thenRow(key: string, row: Document): GivenRows
  /** There are no rows of these keys. */
  thenNoRow(...keys: readonly string[]): GivenRows
  /** These are all the rows there are, by their keys. */
  thenRows(rows: Readonly<Record<string, Document>>): GivenRows
  /** These are all the events that the rows gave rise to, in order. */
  thenDerives(...events: readonly Event[]): GivenRows
}

type Story = { readonly projection: Projection; readonly rules: Rules; readonly given: readonly Given[] }
type Folded = { readonly rows: ReadonlyMap<string, Document>; readonly derived: readonly Event[] }

/** Begins a test of the rows that events come to. */
export function givenRows(projection: Projection, given: readonly Given[]): GivenRows {
  return rowsOf({ projection, rules: noRules, given })
}

function rowsOf(story: Story): GivenRows {
  const { projection, given } = story
  const self: GivenRows = {
    in: app => rowsOf({ ...story, rules: rulesOf(app) }),
    and: (...events) => rowsOf({ ...story, given: [...given, ...events] }),
    thenRow(key, row) {
      const found = foldedTwice(story).rows.get(key)
      if (!sameJson(found, row))
        fail(
          `The row ${key} of ${projection.name} is something else`,
          jsonText(row),
          found === undefined ? "no row" : jsonText(found),
        )
      return self
    },
    thenNoRow(...keys) {
      const { rows } = foldedTwice(story)
      const found = keys.filter(key => rows.has(key)).map(key => `${key}: ${jsonText(rows.get(key))}`)
      if (found.length > 0)
        fail(
          `${projection.name} has a row that it should not have`,
          `no row ${keys.join(", no row ")}`,
          found.join("\n"),
        )
      return self
    },
    thenRows(rows) {
      const found = rowsText(foldedTwice(story).rows)
      const expected = rowsText(new Map(Object.entries(rows)))
      if (found !== expected) fail(`The rows of ${projection.name} are others`, expected, found)
      return self
    },
    thenDerives(...events) {
      const { derived } = foldedTwice(story)
      if (!sameJson(derived, events))
        fail(`${projection.name} derives other events`, eventsText(events), eventsText(derived))
      return self
    },
  }
  return self
}

// Whatever is built must come out the same when it is built again.
function foldedTwice({ projection, rules, given }: Story): Folded {
  const events = recordedAll(given, rules, { to: { type: "", id: "entity" }, at: usualInstant, by: "system" }).map(
    frozen,
  )
  const [first, second] = [folded(projection, events), folded(projection, events)]
  const [once, again] = [rowsText(first.rows), rowsText(second.rows)]
  if (once !== again) fail(`${projection.name} is not pure: built twice, the rows differ`, once, again)
  return first
}

function folded(projection: Projection, events: readonly RecordedEvent[]): Folded {
  const rows = new Map<string, Document>()
  const derived: Event[] = []
  for (const event of events) {
    const after = new Map<string, Document | null>()
    for (const { keys, fold } of projectingOf(projection.on, event.type)) {
      for (const key of [keys(event)].flat()) {
        const before = after.has(key) ? after.get(key)! : (rows.get(key) ?? null)
        // The row is what this projection itself made of it.
        after.set(key, frozen(fold(before as never, event, key) ?? null))
      }
    }
    for (const [key, row] of after) {
      derived.push(...(projection.derive?.({ key, before: rows.get(key) ?? null, after: row, event }) ?? []))
    }
    for (const [key, row] of after) {
      if (row === null) rows.delete(key)
      else rows.set(key, row)
    }
  }
  return { rows, derived }
}

function rowsText(rows: ReadonlyMap<string, Document>): string {
  const lines = [...rows].map(([key, row]) => `${key}: ${jsonText(row)}`)
  return lines.toSorted().join("\n") || "no rows"
}

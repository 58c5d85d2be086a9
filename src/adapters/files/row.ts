import { Bag } from "./bag.ts"
import type { Columns } from "./columns.ts"
import { BadPlace } from "./log-error.ts"
import type { LogLine, Place } from "./log-line.ts"
import { isoStamp } from "./stamp.ts"

/** The line that the fields of one row make. Columns of the case begin with `case:`, and lose that in its attributes. */
export function lineFrom(columns: Columns, fields: Bag, place: Place, number: number): LogLine {
  const ofCase = new Bag()
  const ofEvent = new Bag()
  for (const [name, value] of Object.entries(fields.values)) {
    const [bag, key] = attributeFor(name, columns)
    ;(bag === "case" ? ofCase : ofEvent).put(key, value)
  }
  return {
    place,
    caseId: required(fields, columns.case, "case"),
    activity: required(fields, columns.activity, "activity"),
    transition: columns.transition === null ? null : fields.text(columns.transition),
    at: columns.at === null ? null : moment(fields, columns.at),
    resource: columns.resource === null ? null : fields.text(columns.resource),
    caseAttributes: ofCase.values,
    attributes: ofEvent.values,
    number,
  }
}

function attributeFor(name: string, columns: Columns): ["case" | "event", string] {
  if (name.startsWith("case:")) return ["case", name.slice("case:".length)]
  return [name === columns.case ? "case" : "event", name]
}

/** The text under a key that must be there. */
export function required(fields: Bag, column: string, role: string): string {
  const text = fields.text(column)
  if (text === null) throw new BadPlace(`it names no ${role}: "${column}" is missing or empty`)
  return text
}

/** The moment under a key, or null if there is none. A text that is no moment is a bad place. */
export function moment(fields: Bag, key: string): string | null {
  const text = fields.text(key)
  if (text === null) return null
  const iso = isoStamp(text)
  if (iso === null) throw new BadPlace(`"${text.slice(0, 40)}" in "${key}" is no moment as ISO 8601 writes it`)
  return iso
}

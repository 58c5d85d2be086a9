import type { Document } from "../../kernel/entity.ts"
import { isObject, type Json } from "../../kernel/json.ts"
import type { Finding } from "../../ports/maintenance.ts"
import type { Connections } from "./connections.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import { still } from "./tables.ts"
import { valueText } from "./values.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"

type ValueRow = [
  attribute: number,
  value: string,
  toT: number,
  entity: number,
  fromT: number,
  id: string | null,
  beginsWithChange: boolean,
  endsWithChange: boolean,
  first: string | null,
  last: string | null,
]

const changedIn = (t: string) =>
  `EXISTS (SELECT 1 FROM @.versions WHERE entity = v.entity AND pos >= ${t} * ${places} AND pos < (${t} + 1) * ${places})`

const documentAt = (t: string) =>
  `(SELECT document FROM @.versions WHERE entity = v.entity AND pos < (${t} + 1) * ${places} ORDER BY pos DESC LIMIT 1)`

/**
 * Whether the values that are looked up agree with the documents they come from: they begin and end where the entity
 * changed, no two stretches of one value overlap, and each stands in the document it begins with and the one it ends with.
 */
export function checkValues({ read }: Connections, names: Names, newest: number): Check {
  const text = `SELECT v.attribute, v.value, v.to_t, v.entity, v.from_t, s.id, ${changedIn("v.from_t")},
         v.to_t = ${still} OR ${changedIn("v.to_t")},
         ${documentAt("v.from_t")}, ${documentAt("v.to_t - 1")}
    FROM (SELECT * FROM @.vals WHERE (attribute, value, to_t, entity) > ($1, $2, $3, $4)
           ORDER BY attribute, value, to_t, entity LIMIT ${rowsPerSlice}) AS v
    LEFT JOIN @.entities AS s ON s.key = v.entity WHERE v.from_t <= $5
   ORDER BY v.attribute, v.value, v.to_t, v.entity`

  const overlap = overlaps()

  async function look(rows: readonly ValueRow[]): Promise<Finding[]> {
    await names.spell(
      read,
      rows.map(row => row[0]),
    )
    const found: Finding[] = []
    for (const row of rows) {
      const [attribute, value, toT, entity, fromT, id, begins, ends] = row
      const say = (t: number, sentence: string) => found.push({ check: "intervals", t, sentence })
      const what = `The value ${value} of ${names.nameOf(attribute)} of ${id ?? `the entity ${entity}`}`
      if (toT <= fromT) say(fromT, `${what} ends in ${toT}, before it begins`)
      if (!begins) say(fromT, `${what} begins in ${fromT}, where nothing changed`)
      if (!ends) say(toT, `${what} ends in ${toT}, where nothing changed`)
      if (overlap(row)) say(fromT, `${what} holds twice at once`)
      const [first, last] = [row[8], row[9]]
      const isIn = stands(row, first, names) && (first === last || stands(row, last, names))
      if (!isIn) say(fromT, `${what} is looked up, but it is not in it`)
    }
    return found
  }

  return inSlices<ValueRow>(
    last => read(text, [last?.[0] ?? 0, last?.[1] ?? "", last?.[2] ?? 0, last?.[3] ?? 0, newest]),
    look,
  )
}

/** Tells whether a stretch begins before the one before it ends: those of one value come in the order of their ends. */
function overlaps(): (row: ValueRow) => boolean {
  let [lastAttribute, lastValue] = [0, ""]
  let ends = new Map<number, number>()
  return ([attribute, value, toT, entity, fromT]) => {
    if (attribute !== lastAttribute || value !== lastValue) ends = new Map()
    ;[lastAttribute, lastValue] = [attribute, value]
    const before = ends.get(entity) ?? 0
    ends.set(entity, toT)
    return fromT < before
  }
}

/** Whether a value is one of those that the document has for its attribute. */
function stands([attribute, value]: ValueRow, text: string | null, names: Names): boolean {
  const name = names.nameOf(attribute)
  const document = documentIn(text)
  if (document === undefined) return true
  const said = document?.[name.slice(name.indexOf("/") + 1)]
  const all: readonly (Json | undefined)[] = Array.isArray(said) ? said : [said]
  // A file stands in its row as its id.
  return all.map(one => (isObject(one) ? one["file"] : one)).some(one => isScalar(one) && valueText(one) === value)
}

/** Undefined: the text is no document any more, which is said where all documents are looked at. */
function documentIn(text: string | null): Document | null | undefined {
  try {
    // What was written as a document is read as one.
    return text === null ? null : (JSON.parse(text) as Document)
  } catch {
    return undefined
  }
}

function isScalar(one: Json | undefined): one is string | number | boolean {
  return typeof one === "string" || typeof one === "number" || typeof one === "boolean"
}

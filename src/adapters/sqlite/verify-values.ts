import type { DatabaseSync } from "node:sqlite"
import type { Document } from "../../kernel/entity.ts"
import { isObject, type Json } from "../../kernel/json.ts"
import type { Finding } from "../../ports/maintenance.ts"
import { prepare } from "./driver.ts"
import type { Names } from "./names.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { places } from "../sql/places.ts"
import { still } from "./tables.ts"
import { idFinder } from "./verify-streams.ts"

type ValueRow = [
  entity: number,
  attribute: number,
  toT: number,
  value: string | number,
  fromT: number,
  refId: string | null,
]

/**
 * Whether the values that are looked up agree with the documents they come from: they begin and end where the entity
 * changed, no two stretches of one value overlap, and each stands in the document it begins with and the one it ends with.
 */
export function checkValues(db: DatabaseSync, names: Names): Check {
  // Entity by entity, so that all stretches of one value are seen at once.
  const entities = prepare<[number]>(
    db,
    `WITH RECURSIVE holders(key) AS (
       SELECT (SELECT min(entity) FROM vals WHERE entity > ?)
        UNION ALL
       SELECT (SELECT min(entity) FROM vals WHERE entity > key) FROM holders WHERE key IS NOT NULL LIMIT ${rowsPerSlice}
     ) SELECT key FROM holders WHERE key IS NOT NULL`,
  )
  const values = prepare<ValueRow>(
    db,
    `SELECT v.entity, v.attribute, v.to_t, v.value, v.from_t,
            (SELECT id FROM entities WHERE key = v.value AND EXISTS (SELECT 1 FROM refs WHERE attribute = v.attribute))
       FROM vals v WHERE v.entity = ? ORDER BY v.attribute, typeof(v.value), v.value, v.from_t`,
  )
  const documentAt = documentFinder(db)
  const changedAt = prepare<[number]>(db, "SELECT 1 FROM versions WHERE entity = ? AND pos >= ? AND pos < ?")
  const idOf = idFinder(db)

  function look(key: number): Finding[] {
    const found: Finding[] = []
    const say = (t: number, sentence: string) => found.push({ check: "intervals", t, sentence })
    const changed = (t: number) => changedAt.get(key, t * places, (t + 1) * places) !== undefined
    let before: ValueRow | null = null
    for (const row of values.all(key)) {
      const [, attribute, toT, value, fromT] = row
      const what = `The value ${JSON.stringify(value)} of ${names.nameOf(attribute)} of ${idOf(key)}`
      if (toT <= fromT) say(fromT, `${what} ends in ${toT}, before it begins`)
      if (!changed(fromT)) say(fromT, `${what} begins in ${fromT}, where nothing changed`)
      if (toT !== still && !changed(toT)) say(toT, `${what} ends in ${toT}, where nothing changed`)
      if (before !== null && isSameValue(before, row) && fromT < before[2]) say(fromT, `${what} holds twice at once`)
      const isIn = (t: number) => stands(row, documentAt(key, t), names)
      if (!isIn(fromT) || !isIn(toT - 1)) say(fromT, `${what} is looked up, but it is not in it`)
      before = row
    }
    return found
  }

  return inSlices<[number]>(
    last => entities.all(last?.[0] ?? 0),
    rows => rows.flatMap(([key]) => look(key)),
  )
}

/** Prepares the search for the document of an entity at a t. The last one is at hand: most values are of one document. */
function documentFinder(db: DatabaseSync): (entity: number, t: number) => Document | null | undefined {
  const select = prepare<[pos: number, document: string | null]>(
    db,
    "SELECT pos, document FROM versions WHERE entity = ? AND pos < ? ORDER BY pos DESC LIMIT 1",
  )
  let [lastPos, last] = [0, documentIn(null)]
  return (entity, t) => {
    const [pos, text] = select.get(entity, (t + 1) * places) ?? [0, null]
    if (pos !== lastPos) [lastPos, last] = [pos, documentIn(text)]
    return pos === 0 ? null : last
  }
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

function isSameValue(a: ValueRow, b: ValueRow): boolean {
  return a[1] === b[1] && a[3] === b[3]
}

/** Whether a value is one of those that the document has for its attribute. */
function stands(
  [, attribute, , value, , refId]: ValueRow,
  document: Document | null | undefined,
  names: Names,
): boolean {
  if (document === undefined) return true
  const name = names.nameOf(attribute)
  const said = document?.[name.slice(name.indexOf("/") + 1)]
  const all: readonly (Json | undefined)[] = Array.isArray(said) ? said : [said]
  // A row has a boolean as a number, a ref as the key of its target, and a file as its id.
  return all.some(one => (typeof one === "boolean" ? Number(one) : fileOr(one)) === (refId ?? value))
}

function fileOr(value: Json | undefined): Json | undefined {
  return isObject(value) ? value["file"] : value
}

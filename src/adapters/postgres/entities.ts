import type { Document, Head } from "../../kernel/entity.ts"
import type { EntityStore } from "../../ports/entities.ts"
import type { Ask } from "./driver.ts"
import type { Memory } from "./memory.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import { still } from "./tables.ts"
import { valueText } from "./values.ts"
import { integers, texts } from "./wire.ts"

/** Reads entities as they are from t on. */
export function entityStore(read: Ask, names: Names, memory: Memory): EntityStore {
  const holdersAt = holderReader(read, names)
  return {
    heads: headReader(read, names, memory),
    holdersAt,
    holders: async (attribute, value) => holdersAt(attribute, value, still - 1),
    holdersOf: manyHoldersReader(read, names),
    async wasHeld(attribute, value) {
      await names.find(read, [attribute])
      const key = names.known(attribute)
      if (key === null) return false
      const ever = "SELECT 1 FROM @.vals WHERE attribute = $1 AND value = $2 LIMIT 1"
      return (await read(ever, [key, valueText(value)])).length > 0
    },
    at: momentReader(read, names),
    async versions(id) {
      const rows = await read<[number, string | null]>(
        `SELECT v.pos / ${places}, v.document FROM @.entities AS e JOIN @.versions AS v ON v.entity = e.key
          WHERE e.id = $1 ORDER BY v.pos`,
        [id],
      )
      return rows.map(([fromT, text]) => ({ fromT, document: documentOf(text) }))
    },
    ids: typeLister(read, names),
  }
}

type HeadRow = [
  id: string,
  type: number,
  version: number,
  t: number | null,
  document: string | null,
  key: number,
  createdT: number | null,
]

/** All of them in one question. A decision is about to be made on them: what its commit will rest on is remembered. */
function headReader(read: Ask, names: Names, memory: Memory): EntityStore["heads"] {
  return async ids => {
    const rows = await read<HeadRow>(
      `SELECT e.id, e.type, e.version, v.pos / ${places}, v.document, e.key, e.created_t
         FROM @.entities AS e LEFT JOIN LATERAL (
         SELECT pos, document FROM @.versions WHERE entity = e.key ORDER BY pos DESC LIMIT 1
       ) AS v ON true WHERE e.id = ANY($1)`,
      [texts([...ids])],
    )
    await names.spell(
      read,
      rows.map(row => row[1]),
    )
    const found = new Map<string, Head>()
    for (const [id, type, version, t, text, key, createdT] of rows) {
      memory.entity(id, { key, type, version, createdT })
      found.set(id, { id, type: names.nameOf(type), version, t: t ?? 0, document: documentOf(text) })
    }
    return ids.map(id => {
      const head = found.get(id)
      if (head !== undefined) return head
      memory.entity(id, null)
      return { id, type: "", version: 0, t: 0, document: null }
    })
  }
}

function momentReader(read: Ask, names: Names): EntityStore["at"] {
  return async (id, t) => {
    const rows = await read<[type: number, fromT: number, createdT: number, document: string | null]>(
      `SELECT e.type, v.pos / ${places}, e.created_t, v.document FROM @.entities AS e CROSS JOIN LATERAL (
         SELECT pos, document FROM @.versions WHERE entity = e.key AND pos < $2 ORDER BY pos DESC LIMIT 1
       ) AS v WHERE e.id = $1`,
      [id, (t + 1) * places],
    )
    const [row] = rows
    if (row === undefined || row[3] === null) return null
    const [type, fromT, createdT, document] = row
    await names.spell(read, [type])
    return { id, type: names.nameOf(type), fromT, createdT, document: documentOf(document) }
  }
}

function holderReader(read: Ask, names: Names): EntityStore["holdersAt"] {
  return async (attribute, value, t) => {
    await names.find(read, [attribute])
    const key = names.known(attribute)
    if (key === null) return []
    const rows = await read<[string]>(
      `SELECT e.id FROM @.vals AS v CROSS JOIN LATERAL (SELECT * FROM @.entities WHERE key = v.entity OFFSET 0) AS e
        WHERE v.attribute = $1 AND v.value = $2 AND v.to_t > $3 AND v.from_t <= $3 ORDER BY e.created_t, e.key`,
      [key, valueText(value), t],
    )
    return rows.map(([id]) => id)
  }
}

/** All of them in one question. */
function manyHoldersReader(read: Ask, names: Names): EntityStore["holdersOf"] {
  return async values => {
    const attributes = [...new Set(values.map(([attribute]) => attribute))]
    await names.find(read, attributes)
    const found = values.map((): string[] => [])
    const rows = await read<[place: number, id: string]>(
      `SELECT w.place, e.id FROM unnest($1::integer[], $2::text[]) WITH ORDINALITY AS w(attribute, value, place)
         CROSS JOIN LATERAL (
           SELECT entity FROM @.vals WHERE attribute = w.attribute AND value = w.value AND to_t = ${still} OFFSET 0
         ) AS v
         CROSS JOIN LATERAL (SELECT * FROM @.entities WHERE key = v.entity OFFSET 0) AS e
        ORDER BY w.place, e.created_t, e.key`,
      [
        integers(values.map(([attribute]) => names.known(attribute))),
        texts(values.map(([, value]) => valueText(value))),
      ],
    )
    for (const [place, id] of rows) found[place - 1]!.push(id)
    return found
  }
}

function typeLister(read: Ask, names: Names): EntityStore["ids"] {
  return async (type, t, { after, limit }) => {
    await names.find(read, [type])
    const key = names.known(type)
    if (key === null) return []
    const [place] =
      after === undefined
        ? [[0, 0] as const]
        : await read<[number, number]>("SELECT created_t, key FROM @.entities WHERE id = $1 AND created_t > 0", [after])
    if (place === undefined) return []
    const rows = await read<[string]>(
      `SELECT e.id FROM @.entities AS e
        WHERE e.type = $1 AND e.created_t IS NOT NULL AND (e.created_t, e.key) > ($2, $3) AND e.created_t <= $4
          AND (SELECT document IS NOT NULL FROM @.versions WHERE entity = e.key AND pos < ($4 + 1) * ${places}
                ORDER BY pos DESC LIMIT 1)
        ORDER BY e.created_t, e.key LIMIT $5`,
      [key, place[0], place[1], t, limit],
    )
    return rows.map(([id]) => id)
  }
}

function documentOf(text: string): Document
function documentOf(text: string | null): Document | null
function documentOf(text: string | null): Document | null {
  // What was written as a document is read as one.
  return text === null ? null : (JSON.parse(text) as Document)
}

import type { Json } from "../../../kernel/json.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { EntityKey } from "../../../ports/facts.ts"
import type { FindElement, ParsedDatalog } from "../query.ts"
import { indexed, type Relation, type Row } from "../walk/relation.ts"
import type { Source } from "../walk/source.ts"
import { aggregated } from "./aggregate.ts"

/** The rows of an answer: one value for each element of `find`, entities by their ids, aggregates made. */
export function* answerRows(query: ParsedDatalog, relation: Relation, source: Source): Steps<readonly Row[]> {
  const { find } = query
  const column = new Map(relation.variables.map((variable, i) => [variable, i]))
  const at = find.map(element => column.get(element.variable)!)
  if (!find.some(element => element.aggregate !== undefined)) {
    const rows = relation.rows.map(row => at.map(i => row[i]!))
    return yield* withIds(rows, find.map(isEntity(query)), source)
  }
  const groupColumns = find.flatMap((element, i) => (element.aggregate === undefined ? [at[i]!] : []))
  const groups = [...indexed(relation.rows, groupColumns).values()]
  const rows: Row[] = []
  const spelled = yield* spelledColumns(query, relation, at, source)
  for (const group of groups) {
    yield* source.pace.look()
    const [first] = group as [Row]
    rows.push(
      find.map(({ aggregate, decimal, path }, i) => {
        if (aggregate === undefined) return first[at[i]!]!
        const values = group.map(row => row[at[i]!]!)
        const told = spelled[i] === undefined ? values : values.map(spelled[i])
        return aggregated({ aggregate, decimal, path }, told)
      }),
    )
  }
  const plain = isEntity(query)
  return yield* withIds(
    rows,
    find.map(element => element.aggregate === undefined && plain(element)),
    source,
  )
}

/** Rows that a store has made aggregates of, with ids. */
export function* storeRows(query: ParsedDatalog, rows: readonly Row[], source: Source): Steps<readonly Row[]> {
  const plain = isEntity(query)
  const entities = query.find.map(element => element.aggregate === undefined && plain(element))
  return yield* withIds(rows, entities, source)
}

function isEntity({ kinds }: ParsedDatalog): (element: FindElement) => boolean {
  return element => kinds[element.variable] === "entity"
}

// Sets of entities are sets of ids; counting does not mind.
function* spelledColumns(
  query: ParsedDatalog,
  relation: Relation,
  at: readonly number[],
  source: Source,
): Steps<readonly (((key: Json) => Json) | undefined)[]> {
  const spelled: (((key: Json) => Json) | undefined)[] = []
  for (const [i, element] of query.find.entries()) {
    const isSet = element.aggregate?.name === "distinct" && isEntity(query)(element)
    if (!isSet) spelled.push(undefined)
    else {
      const ids = yield* source.idsOf(relation.rows.map(row => row[at[i]!] as EntityKey))
      spelled.push(key => ids.get(key as EntityKey) ?? null)
    }
  }
  return spelled
}

function* withIds(rows: readonly Row[], entities: readonly boolean[], source: Source): Steps<readonly Row[]> {
  const columns = entities.flatMap((is, i) => (is ? [i] : []))
  if (columns.length === 0) return rows
  const ids = yield* source.idsOf(rows.flatMap(row => columns.map(i => row[i] as EntityKey)))
  return rows.map(row => row.map((value, i) => (entities[i] === true ? (ids.get(value as EntityKey) ?? null) : value)))
}

import { isObject, type JsonObject } from "../kernel/json.ts"
import { at, type Faults } from "./faults.ts"
import { items, type Member } from "./shape.ts"

/** Checks the required lists of an entity. `owners`: the names before a slash that mean the entity itself. */
export function checkRequired(
  entity: JsonObject,
  owners: readonly string[],
  known: ReadonlySet<string>,
  path: string,
  faults: Faults,
): void {
  const form = 'A required list is ["a", "b"], at least one of these, or {"allOrNone": ["a", "b"]}'
  for (const list of items(entity, "required", "required, the lists of what must be there together,", path, faults)) {
    const names = Array.isArray(list.value) ? listed(list) : allOrNone(list)
    if (names === null) faults.add(list.path, "type", form)
    else if (names.length === 0) faults.add(list.path, "empty", "A required list names at least one attribute")
    for (const { value, path: where } of names ?? []) {
      const short = typeof value === "string" ? shortName(value, owners) : value
      if (typeof short !== "string" || !known.has(short)) faults.unknown(where, "attribute", value, known, owners[0])
    }
  }
}

function listed({ value, path }: Pick<Member, "value" | "path">): readonly Member[] {
  return Array.isArray(value) ? value.map((item, i) => ({ name: String(i), value: item, path: at(path, i) })) : []
}

function allOrNone({ value, path }: Member): readonly Member[] | null {
  const names = isObject(value) ? value["allOrNone"] : undefined
  return Array.isArray(names) ? listed({ value: names, path: at(path, "allOrNone") }) : null
}

function shortName(name: string, owners: readonly string[]): string {
  const owner = owners.find(o => name.startsWith(`${o}/`))
  return owner === undefined ? name : name.slice(owner.length + 1)
}

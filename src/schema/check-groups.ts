import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { at } from "./faults.ts"
import { checkWord } from "./names.ts"
import { asList, items, members, type Checking, type Part } from "./shape.ts"

/** Checks who may what: each permission is an expression over groups. */
export function checkPermissions(holder: JsonObject, path: string, checking: Checking): void {
  for (const permission of members(holder, "permissions", "The table of permissions", path, checking.faults)) {
    checkWord(permission.name, "a permission", permission.path, checking.faults)
    checkGroups(permission.value, permission.path, checking)
  }
}

/** Checks which groups bring which others. Circles are fine: they mean the same group under two names. */
export function checkImplies(holder: JsonObject, path: string, checking: Checking): void {
  for (const implication of members(holder, "implies", "The table of implied groups", path, checking.faults)) {
    checkGroup(implication.name, implication.path, checking)
    const implied = asList(implication.value, "What a group implies", implication.path, checking.faults) ?? []
    implied.forEach((group, i) => checkGroup(group, at(implication.path, i), checking))
  }
}

/** Checks that a group is one. */
export function checkGroup(name: Part, path: string, { catalog, faults }: Checking): void {
  if (typeof name !== "string" || !catalog.groups.has(name)) faults.unknown(path, "group", name, catalog.groups)
}

function checkGroups(groups: Json, path: string, checking: Checking): void {
  const { faults } = checking
  if (typeof groups === "string") return checkGroup(groups, path, checking)
  if (Array.isArray(groups)) return groups.forEach((part, i) => checkGroups(part as Json, at(path, i), checking))
  const kinds = isObject(groups) ? ["all", "not"].filter(kind => kind in groups) : []
  if (!isObject(groups) || kinds.length !== 1) {
    return faults.add(path, "groups", 'Who may is a group, a list of which any will do, {"all": […]} or {"not": …}')
  }
  if ("not" in groups) return checkGroups(groups["not"] ?? null, at(path, "not"), checking)
  for (const part of items(groups, "all", "all, the groups that are needed together,", path, faults)) {
    checkGroups(part.value, part.path, checking)
  }
}

import type { Json, JsonObject } from "../kernel/json.ts"
import type { Fault } from "../kernel/refusal.ts"
import { rulesOf, type Rule } from "./constraints.ts"
import { at } from "./faults.ts"
import type { BaseType } from "./grammar.ts"
import { valueTypes } from "./value-types.ts"

/** Checks what an attribute holds, fast when it is good and with all reasons when it is not. */
export type ValueCheck = {
  readonly isGood: (value: Json) => boolean
  readonly faults: (value: Json, path: string) => readonly Fault[]
}

/** The check for an attribute whose custom types are resolved. */
export function checkFor(base: BaseType, definition: JsonObject): ValueCheck {
  const type = valueTypes[base]
  const typeRule: Rule = { code: "type", says: `must be ${type.noun}`, holds: type.is }
  const one = oneCheck(typeRule, rulesOf(base, definition))
  return definition["many"] === true ? manyCheck(one, definition["required"] === true) : one
}

function oneCheck(type: Rule, rules: readonly Rule[]): ValueCheck {
  const [only] = rules
  const isGood =
    only === undefined
      ? type.holds
      : rules.length === 1
        ? (value: Json) => type.holds(value) && only.holds(value)
        : (value: Json) => type.holds(value) && rules.every(rule => rule.holds(value))
  return {
    isGood,
    faults: (value, path) => {
      if (value === null) return [{ path, code: "null", message: "must be left out where there is no value" }]
      const broken = type.holds(value) ? brokenRules(rules, value) : [type]
      return broken.map(({ code, says }) => ({ path, code, message: says }))
    },
  }
}

// A text that is too long is not searched as well: how long that takes is for its sender to choose.
function brokenRules(rules: readonly Rule[], value: Json): readonly Rule[] {
  const broken = rules.filter(rule => rule.code === "maxLength" && !rule.holds(value))
  return broken.length > 0 ? broken : rules.filter(rule => !rule.holds(value))
}

function manyCheck(one: ValueCheck, required: boolean): ValueCheck {
  return {
    isGood: value => Array.isArray(value) && value.every(one.isGood) && (!required || value.length > 0),
    faults: (value, path) => {
      if (!Array.isArray(value)) return [{ path, code: "type", message: "must be a list: there may be many values" }]
      if (required && value.length === 0) return [{ path, code: "required", message: "must have a value" }]
      return value.flatMap((item, i) => one.faults(item, at(path, i)))
    },
  }
}

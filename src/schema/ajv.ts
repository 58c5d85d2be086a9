import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import { compareDecimals, isDecimal } from "./decimals.ts"
import { at } from "./faults.ts"

/** JSON Schema, as a value of it: true and false are schemas as well. */
export type JsonSchema = JsonObject | boolean

// Making the first one costs some milliseconds, so nobody pays who validates nothing by JSON Schema.
let shared: Ajv2020 | undefined

function ajv(): Ajv2020 {
  shared ??= makeAjv()
  return shared
}

function makeAjv(): Ajv2020 {
  const made = new Ajv2020({
    strict: false,
    allErrors: true,
    messages: true,
    ownProperties: true,
    addUsedSchema: false,
    logger: false,
  })
  addFormats.default(made)
  made.addKeyword({ keyword: "x-minimum", type: "string", validate: decimalBound(order => order >= 0) })
  made.addKeyword({ keyword: "x-maximum", type: "string", validate: decimalBound(order => order <= 0) })
  return made
}

// JSON Schema has bounds for numbers only; those of decimals, which are strings, are under names of our own.
function decimalBound(holds: (order: number) => boolean): (bound: string, value: string) => boolean {
  return (bound, value) => !isDecimal(value) || holds(compareDecimals(value, bound))
}

/** A validator of JSON Schema 2020-12, compiled when it is first asked. It neither coerces nor changes what it checks. */
export function lazyValidator(schema: JsonSchema): (data: Json) => readonly Fault[] {
  let validate: ValidateFunction | undefined
  return data => {
    validate ??= madeOf(schema)
    return validate(data) ? none : (validate.errors ?? []).flatMap(faultOf)
  }
}

// A validator is code. Where none may be made, it is said that there is no verdict.
function madeOf(schema: JsonSchema): ValidateFunction {
  try {
    return ajv().compile(withoutId(schema))
  } catch (error) {
    if (!(error instanceof EvalError)) throw error
    const sentence =
      "The content security policy here forbids to make code, which it takes to check the data of messages"
    throw new Refusal("unavailable", `${sentence}: allow 'unsafe-eval', or leave it to the server`)
  }
}

const none: readonly Fault[] = []

/** What is wrong with a JSON Schema itself: paths point into it. Where no code may be made, it is not looked at. */
export function schemaFaults(schema: Json): readonly Fault[] {
  const checker = ajv()
  try {
    if (checker.validateSchema(withoutId(schema as JsonSchema)) === true) return none
  } catch (error) {
    // Nothing is judged by it here, and whoever served it has checked it.
    if (error instanceof EvalError) return none
    throw error
  }
  return (checker.errors ?? []).flatMap(faultOf)
}

// Two commands may share one JSON Schema, and its `$id` with it, which Ajv would take for a clash.
function withoutId(schema: JsonSchema): JsonSchema {
  if (!isObject(schema) || !("$id" in schema)) return schema
  const { $id: _id, ...rest } = schema
  return rest
}

function faultOf({ instancePath, keyword, message, params }: ErrorObject): readonly Fault[] {
  // An `if` that led to a fault says nothing that its `then` or `else` has not said already.
  if (keyword === "if") return none
  return [{ path: instancePath + missingKey(params), code: keyword, message: sentence(keyword, message, params) }]
}

// A key that is missing, or that may not be there, is the place to look at; Ajv names only the object it belongs to.
function missingKey(params: Record<string, unknown>): string {
  const key = params["missingProperty"] ?? params["additionalProperty"] ?? params["unevaluatedProperty"]
  return typeof key === "string" ? at("", key) : ""
}

function sentence(keyword: string, message: string | undefined, params: Record<string, unknown>): string {
  switch (keyword) {
    case "required":
      return "must be there"
    case "additionalProperties":
    case "unevaluatedProperties":
      return "is not known here"
    case "enum":
      return `must be one of ${(params["allowedValues"] as unknown[]).map(value => JSON.stringify(value)).join(", ")}`
    case "const":
      return `must be ${JSON.stringify(params["allowedValue"])}`
    case "x-minimum":
    case "x-maximum":
      return `must be at ${keyword === "x-minimum" ? "least" : "most"} the bound of its schema`
    default:
      return message ?? `is against ${keyword}`
  }
}

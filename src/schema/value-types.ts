import { isId } from "../kernel/ids.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { decimalPattern, isDecimal, readDecimal } from "./decimals.ts"
import { formats } from "./formats.ts"
import type { BaseType } from "./grammar.ts"
import { instantPattern, isDate, isInstant, readInstant } from "./instants.ts"

/** Everything that one base type means: which values are of it, how to say so, and how to read it from outside. */
export type ValueType = {
  /** What its values are, for a sentence. */
  readonly noun: string
  /** Whether a value is of this type, as it is stored. */
  readonly is: (value: Json) => boolean
  /** The value as it is stored; undefined: it cannot be read. */
  readonly read: (value: Json) => Json | undefined
  readonly jsonSchema: JsonObject
  /** Whether its values may be rows of their own: short, and a string, a number or a boolean. */
  readonly lookedUp: boolean
}

// Half a surrogate pair is no character: written as UTF-8, two different values would become one.
const isString = (value: Json): value is string => typeof value === "string" && value.isWellFormed()
const same = (value: Json): Json => value

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function readNumber(value: Json): Json | undefined {
  if (!isString(value)) return value
  const read = number.test(value) ? Number(value) : Number.NaN
  return Number.isFinite(read) ? read : undefined
}

function readBytes(value: Json): Json | undefined {
  if (!isString(value)) return undefined
  const plain = value.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "")
  return plain.padEnd(Math.ceil(plain.length / 4) * 4, "=")
}

function isFile(value: Json): boolean {
  if (!isObject(value) || Object.keys(value).some(key => !fileKeys.includes(key))) return false
  const { file, size, sha256, mediaType } = value
  const isSize = typeof size === "number" && Number.isSafeInteger(size) && size >= 0
  const isHash = typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256)
  return isId(file) && isSize && isHash && typeof mediaType === "string"
}

const fileKeys = ["file", "size", "sha256", "mediaType"]

const idSchema = { type: "string", minLength: 1, maxLength: limits.idCharsMax, pattern: "^[^\\u0000-\\u001f\\u007f]*$" }

const fileSchema: JsonObject = {
  type: "object",
  properties: {
    file: idSchema,
    size: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
    mediaType: { type: "string" },
  },
  required: fileKeys,
  additionalProperties: false,
}

const text = { is: isString, read: same, jsonSchema: { type: "string" } }

/** The base types. */
export const valueTypes: { readonly [Type in BaseType]: ValueType } = {
  string: { ...text, noun: "a string", lookedUp: true },
  text: { ...text, noun: "a string", lookedUp: false },
  boolean: {
    noun: "true or false",
    is: value => typeof value === "boolean",
    read: value => (value === "true" ? true : value === "false" ? false : value),
    jsonSchema: { type: "boolean" },
    lookedUp: true,
  },
  integer: {
    noun: "a whole number",
    is: Number.isSafeInteger,
    read: readNumber,
    jsonSchema: { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    lookedUp: true,
  },
  number: {
    noun: "a number",
    is: Number.isFinite,
    read: readNumber,
    jsonSchema: { type: "number" },
    lookedUp: true,
  },
  decimal: {
    noun: 'a decimal in a string, such as "12.5"',
    is: value => isString(value) && isDecimal(value),
    read: value => (typeof value === "number" || isString(value) ? readDecimal(String(value)) : undefined),
    jsonSchema: { type: "string", pattern: decimalPattern },
    lookedUp: true,
  },
  uuid: {
    noun: "a UUID in lower case",
    is: value => isString(value) && uuid.test(value),
    read: value => (isString(value) ? value.toLowerCase().replace(/^urn:uuid:/, "") : undefined),
    jsonSchema: { type: "string", format: "uuid", pattern: "^[0-9a-f-]{36}$" },
    lookedUp: true,
  },
  uri: {
    noun: "a URI",
    is: value => isString(value) && formats.get("uri")!(value),
    read: same,
    jsonSchema: { type: "string", format: "uri" },
    lookedUp: true,
  },
  bytes: {
    noun: "bytes in base64",
    is: value => isString(value) && base64.test(value),
    read: readBytes,
    jsonSchema: { type: "string", contentEncoding: "base64", pattern: base64.source },
    lookedUp: false,
  },
  json: {
    noun: "any JSON but null",
    is: value => value !== null,
    read: same,
    jsonSchema: { type: ["string", "number", "boolean", "array", "object"] },
    lookedUp: false,
  },
  enum: { ...text, noun: "a key of the enum", lookedUp: true },
  ref: { noun: "the id of an entity", is: isId, read: same, jsonSchema: idSchema, lookedUp: true },
  date: {
    noun: "a day, such as 2026-11-20",
    is: value => isString(value) && isDate(value),
    read: same,
    jsonSchema: { type: "string", format: "date" },
    lookedUp: true,
  },
  instant: {
    noun: "an instant in UTC, such as 2026-11-20T15:00:00.000Z",
    is: value => isString(value) && isInstant(value),
    read: value => (isString(value) ? readInstant(value) : undefined),
    jsonSchema: { type: "string", format: "date-time", pattern: instantPattern },
    lookedUp: true,
  },
  file: {
    noun: "a file that was uploaded: file, size, sha256 and mediaType",
    is: isFile,
    read: same,
    jsonSchema: fileSchema,
    lookedUp: false,
  },
}

/** Whether a name is a base type's. */
export function isBaseType(name: unknown): name is BaseType {
  return typeof name === "string" && Object.hasOwn(valueTypes, name)
}

/** What a value from outside is read as, or undefined if the type cannot hold it. */
export function readAs(type: ValueType, value: Json): Json | undefined {
  const read = type.read(value)
  return read !== undefined && type.is(read) ? read : undefined
}

import { describe, expect, expectTypeOf, test } from "vitest"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import {
  defineSchema,
  type CommandsFor,
  type CommandsOf,
  type DataOf,
  type EntitiesOf,
  type EventDataOf,
  type EventsFor,
  type EventsOf,
  type FileValue,
  type StateOf,
} from "../../src/schema/infer.ts"
import { parseSchema } from "../../src/schema/parse.ts"

const school = defineSchema({
  daybook: 1,
  name: "school",
  version: 1,
  types: {
    email: { type: "short", pattern: "@" },
    short: { type: "string", maxLength: 80 },
    level: { type: "enum", values: { low: "Low", high: "High" }, required: true },
    codes: { type: "integer", many: true },
  },
  entities: {
    Roster: {
      attributes: {
        name: { type: "string", required: true },
        seats: { type: "integer", required: true },
        open: { type: "boolean" },
        periods: { type: "string", many: true },
        enrolled: { type: "json", many: true },
        teacher: { type: "ref", to: ["Person"] },
        level: { type: "level" },
        lowest: { type: "enum", values: { $ref: "Roster/level" } },
        codes: { type: "codes" },
        price: { type: "decimal", default: "0" },
        plan: { type: "file" },
        extra: { type: "json" },
      },
    },
    Person: {
      abstract: {
        attributes: { name: { type: "string", required: true }, email: { type: "email" }, note: { type: "text" } },
      },
      variants: {
        Student: { attributes: { born: { type: "date", required: true }, note: { type: "text", required: true } } },
        Teacher: {},
      },
    },
  },
  commands: {
    EnrollStudent: {
      target: "Roster",
      data: {
        type: "object",
        properties: {
          student: { type: "string" },
          period: { type: "integer" },
          wish: { enum: ["early", "late", 3] },
          kind: { const: "guest" },
          seats: { type: ["integer", "null"] },
          parts: { type: "array", items: { type: "object", properties: { a: { type: "number" } }, required: ["a"] } },
          or: { anyOf: [{ type: "string" }, { type: "boolean" }] },
          table: { type: "object", additionalProperties: { type: "number" } },
          open: { type: "object", properties: { a: { type: "string" } }, additionalProperties: true },
          closed: { type: "object", additionalProperties: false },
          loose: { type: "array" },
          other: { $ref: "#/$defs/other" },
        },
        required: ["student", "period"],
        additionalProperties: false,
        $defs: { other: { type: "string" } },
      },
    },
    CloseRoster: { target: "Roster" },
    RenamePerson: { target: "Person", data: { properties: { name: { type: "string" } }, required: ["name"] } },
    MarkStudent: { target: "Student", data: { type: "object" } },
  },
  events: {
    StudentEnrolled: {
      stream: "Roster",
      data: { type: "object", properties: { student: { type: "string" } }, required: ["student"] },
    },
    PersonRenamed: { stream: "Person" },
    StudentMarked: { stream: "Student" },
  },
})
type School = typeof school

describe("types follow from a schema as it is written:", () => {
  test("the schema is one that parses, as it is", () => {
    expect(parseSchema(school)).toEqual(school)
    expectTypeOf(school).toExtend<JsonObject>()
  })

  test("the names of commands, events and entities", () => {
    expectTypeOf<CommandsOf<School>>().toEqualTypeOf<"EnrollStudent" | "CloseRoster" | "RenamePerson" | "MarkStudent">()
    expectTypeOf<EventsOf<School>>().toEqualTypeOf<"StudentEnrolled" | "PersonRenamed" | "StudentMarked">()
    expectTypeOf<EntitiesOf<School>>().toEqualTypeOf<"Roster" | "Student" | "Teacher">()
  })

  test("the commands and events for an entity, those of its abstract included", () => {
    expectTypeOf<CommandsFor<School, "Roster">>().toEqualTypeOf<"EnrollStudent" | "CloseRoster">()
    expectTypeOf<CommandsFor<School, "Student">>().toEqualTypeOf<"RenamePerson" | "MarkStudent">()
    expectTypeOf<CommandsFor<School, "Teacher">>().toEqualTypeOf<"RenamePerson">()
    expectTypeOf<EventsFor<School, "Student">>().toEqualTypeOf<"PersonRenamed" | "StudentMarked">()
    expectTypeOf<EventsFor<School, "Roster">>().toEqualTypeOf<"StudentEnrolled">()
  })

  test("the state of an entity: required is there, many is a list, all else may be missing", () => {
    expectTypeOf<StateOf<School, "Roster">>().toEqualTypeOf<{
      readonly name: string
      readonly seats: number
      readonly open?: boolean | undefined
      readonly periods: readonly string[]
      readonly enrolled: readonly Json[]
      readonly teacher?: string | undefined
      readonly level: "low" | "high"
      readonly lowest?: "low" | "high" | undefined
      readonly codes: readonly number[]
      readonly price?: string | undefined
      readonly plan?: FileValue | undefined
      readonly extra?: Json | undefined
    }>()
  })

  test("the state of a variant has what its abstract has, and its own attributes win", () => {
    expectTypeOf<StateOf<School, "Student">>().toEqualTypeOf<{
      readonly name: string
      readonly email?: string | undefined
      readonly born: string
      readonly note: string
    }>()
    expectTypeOf<StateOf<School, "Teacher">>().toEqualTypeOf<{
      readonly name: string
      readonly email?: string | undefined
      readonly note?: string | undefined
    }>()
    expectTypeOf<StateOf<School, "Person">>().toEqualTypeOf<StateOf<School, "Teacher">>()
  })

  test("a state is a document", () => {
    expectTypeOf<StateOf<School, "Roster">>().toExtend<JsonObject>()
    expectTypeOf<StateOf<School, "Student">>().toExtend<JsonObject>()
  })

  test("the data of a command, from its JSON Schema", () => {
    expectTypeOf<DataOf<School, "EnrollStudent">>().toEqualTypeOf<{
      readonly student: string
      readonly period: number
      readonly wish?: "early" | "late" | 3
      readonly kind?: "guest"
      readonly seats?: number | null
      readonly parts?: readonly { readonly a: number }[]
      readonly or?: string | boolean
      readonly table?: { readonly [key: string]: number }
      readonly open?: { readonly a?: string } & JsonObject
      readonly closed?: { readonly [key: string]: never }
      readonly loose?: readonly Json[]
      readonly other?: Json
    }>()
    expectTypeOf<DataOf<School, "RenamePerson">>().toEqualTypeOf<{ readonly name: string }>()
  })

  test("data without a schema, or whose schema says no more, is any object", () => {
    expectTypeOf<DataOf<School, "CloseRoster">>().toEqualTypeOf<JsonObject>()
    expectTypeOf<DataOf<School, "MarkStudent">>().toEqualTypeOf<JsonObject>()
    expectTypeOf<EventDataOf<School, "PersonRenamed">>().toEqualTypeOf<JsonObject>()
    expectTypeOf<EventDataOf<School, "StudentEnrolled">>().toEqualTypeOf<{ readonly student: string }>()
  })

  test("data is JSON", () => {
    expectTypeOf<DataOf<School, "EnrollStudent">>().toExtend<JsonObject>()
  })

  test("what a schema does not have, is never", () => {
    expectTypeOf<DataOf<School, "Enrol">>().toBeNever()
    const empty = defineSchema({ daybook: 1, name: "n", version: 1, entities: {} })
    expectTypeOf<CommandsOf<typeof empty>>().toBeNever()
    expectTypeOf<EntitiesOf<typeof empty>>().toBeNever()
    // @ts-expect-error a schema says the version of its grammar
    expect(defineSchema({ name: "n", version: 1, entities: {} })).toHaveProperty("name")
  })
})

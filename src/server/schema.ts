import { Refusal } from "../kernel/refusal.ts"
import { asyncapi } from "../protocol/asyncapi.ts"
import { openapi } from "../protocol/openapi.ts"
import { jsonSchemaOf, type SchemaKind } from "../schema/json-schema.ts"
import type { Context, Route } from "./context.ts"
import { document, sendDocument, type Document } from "./documents.ts"
import { pathPart, refuseParams } from "./params.ts"

/** What this very application takes and tells, as data: its schema, and the documents that follow from it. */
export function schemaRoutes({ daybook }: Context): readonly Route[] {
  const { schema } = daybook
  const of = (kind: SchemaKind) => (name: string) => {
    if (schema[kind].has(name)) return jsonSchemaOf(schema, kind, name)
    throw new Refusal("not-found", `The schema knows no ${nouns[kind]} ${name}`, { name })
  }
  return [
    served("/schema", () => daybook.app.schema),
    served("/schema/commands/{type}", of("commands"), "application/schema+json"),
    served("/schema/events/{type}", of("events"), "application/schema+json"),
    served("/schema/entities/{type}", of("entities"), "application/schema+json"),
    served("/catalogue", () => daybook.catalogue()),
    served("/openapi.json", () => openapi(schema)),
    served("/asyncapi.json", () => asyncapi(schema)),
  ]
}

const nouns = { commands: "command", events: "event", entities: "entity" } as const

/** A route whose documents are written when they are first asked for, one for each name that there is. */
function served(path: string, json: (name: string) => unknown, type?: string): Route {
  const known = new Map<string, Document>()
  return {
    method: "GET",
    path,
    answer(request, reply) {
      refuseParams(request)
      const name = pathPart(request, "type")
      let found = known.get(name)
      if (found === undefined) {
        found = document(json(name))
        known.set(name, found)
      }
      return sendDocument(request, reply, found, type)
    },
  }
}

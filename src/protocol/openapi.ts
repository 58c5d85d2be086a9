import type { JsonObject } from "../kernel/json.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { schemasOf } from "./app-schemas.ts"
import type { Operation } from "./operation.ts"
import { operations } from "./operations.ts"
import { schemaRef } from "./schemas.ts"

/** The OpenAPI 3.1 document of this very application. */
export function openapi(schema: CompiledSchema): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {}
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = described(operation)
  return {
    openapi: "3.1.0",
    info: { title: schema.schema.name, version: String(schema.version) },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    paths,
    components: {
      schemas: schemasOf(schema),
      responses: {
        Problem: {
          description: "It was not done, and why",
          headers: {
            "Retry-After": { description: "After how many seconds to come back", schema: { type: "integer" } },
          },
          content: { "application/problem+json": { schema: schemaRef("Problem") } },
        },
      },
    },
  }
}

// Whoever makes a URL takes these two for steps, escaped (%2E) or not.
const dotted = "The ids . and .. are written %1B. and %1B.., because a URL cannot hold them"

function described({ id, summary, path, query = {}, headers = {}, body, bodies, answers }: Operation): JsonObject {
  const taken = body === undefined ? bodies : { "application/json": body }
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name: name!,
      in: "path",
      required: true,
      schema: { type: "string" },
      ...(name === "id" ? { description: dotted } : {}),
    })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema })),
    ...Object.entries(headers).map(([name, schema]) => ({ name, in: "header", schema })),
  ]
  return {
    operationId: id,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(taken === undefined ? {} : { requestBody: { required: true, content: contentOf(taken) } }),
    responses: { ...responsesOf(answers), default: { $ref: "#/components/responses/Problem" } },
  }
}

function contentOf(bodies: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(Object.entries(bodies).map(([media, schema]) => [media, { schema }]))
}

function responsesOf(answers: Operation["answers"]): JsonObject {
  const entries = Object.entries(answers).map(([status, { means, body, media = "application/json", also }]) => {
    const content = body === undefined ? {} : { content: { [media]: { schema: body }, ...also } }
    return [status, { description: means, ...content }] as const
  })
  return Object.fromEntries(entries)
}

import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { ok, type Operation } from "./operation.ts"
import { schemaRef, shape } from "./schemas.ts"

const text: JsonObject = { type: "string" }
const prefer: JsonObject = {
  type: "string",
  description: `respond-async, or wait=N seconds, at most ${limits.waitSecondsMax}`,
}

// What a person does with a lasting command that does not go on by itself.
const dealt: Readonly<Record<string, readonly [string, JsonObject]>> = {
  resume: ["Lets a lasting command that is stuck go on", shape({})],
  change: ["Gives a lasting command other data", shape({ data: { type: "object" } })],
  fail: ["Ends a lasting command as failed", shape({ "reason?": text })],
}

/** What is done with lasting commands. */
export const lasting: readonly Operation[] = [
  ...Object.entries(dealt).map(([verb, [summary, body]]): Operation => ({
    method: "post",
    path: `/commands/{id}/${verb}`,
    id: `${verb}Command`,
    summary,
    body,
    answers: ok("Its state", schemaRef("Accepted")),
  })),
  {
    method: "post",
    path: "/events",
    id: "tellEvent",
    summary: "Tells of something that happened outside: it starts or wakes whatever listens",
    headers: { Prefer: prefer },
    body: shape({
      "id?": schemaRef("Id"),
      type: schemaRef("Name"),
      "data?": { type: "object" },
      "to?": schemaRef("Id"),
    }),
    answers: {
      200: { means: "It is recorded", body: schemaRef("Outcome") },
      202: { means: "It is durable", body: schemaRef("Accepted") },
    },
  },
]

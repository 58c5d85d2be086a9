import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { ok, type Operation } from "./operation.ts"
import { schemaRef, shape } from "./schemas.ts"

const text: JsonObject = { type: "string" }

const prompt = shape({
  prompt: { ...text, description: "The rule that it comes from" },
  order: { type: "number" },
  text,
  "command?": schemaRef("Id"),
  "entity?": schemaRef("Id"),
  "since?": text,
  "data?": { type: "object" },
  "next?": { type: "object", description: "The command to ask for next: type, target, data" },
})

/** The calls that ask what is true, and who may what. */
export const asking: readonly Operation[] = [
  {
    method: "post",
    path: "/query",
    id: "query",
    summary: "What is true, at one moment and for one reader: pull, find, history, diff, or a query by its name",
    body: schemaRef("Query"),
    answers: ok("The answer", schemaRef("QueryAnswer")),
  },
  {
    method: "post",
    path: "/check",
    id: "check",
    summary: "What subjects may with regard to entities; about somebody else it takes the permission operate",
    body: { type: "array", maxItems: limits.checksPerRequestMax, items: schemaRef("RightsQuestion") },
    answers: ok("For each, in order", { type: "array", items: schemaRef("RightsAnswer") }),
  },
  {
    method: "get",
    path: "/explain",
    id: "explain",
    summary: "Why somebody may, or may not; about somebody else it takes operate, about the past audit",
    query: {
      subject: { ...text, description: "An id, or a lookup as JSON; without it, who asks" },
      entity: { ...text, description: "An id, or a lookup as JSON" },
      permission: { ...text, description: "Without it, read" },
      asOf: schemaRef("Moment"),
    },
    answers: ok("The groups, the ways they came, and what stood in the way", schemaRef("Explanation")),
  },
  {
    method: "get",
    path: "/prompts",
    id: "prompts",
    summary:
      "What is to be put before somebody now, or was to be at a t, in order; about somebody else it takes operate",
    query: { owner: { ...schemaRef("Id"), description: "Without it, who asks" }, asOf: schemaRef("Moment") },
    answers: ok("All of it", shape({ basisT: schemaRef("T"), items: { type: "array", items: prompt } })),
  },
]

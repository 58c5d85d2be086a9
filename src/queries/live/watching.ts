import { canonicalJson, type Json } from "../../kernel/json.ts"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import type { QueryAsker } from "../../kernel/named-query.ts"
import { Refusal, unreachable } from "../../kernel/refusal.ts"
import type { EntityKey, FactStore } from "../../ports/facts.ts"
import type { FindQuestion } from "../find.ts"
import type { Naming } from "../naming.ts"
import type { Field, Target } from "../pattern.ts"
import type { Question } from "../envelope.ts"
import type { Queries } from "../queries.ts"
import type { KeyedRow } from "./differences.ts"
import type { Subject } from "./interest.ts"
import type { Watched } from "./live.ts"
import { Recorder } from "./recorder.ts"
import { topicsOf, type Topic } from "./topics.ts"

/** How a query is answered for somebody who watches it: at a t, with keys for its rows, and with what can change it. */
export function watching(
  queries: Queries,
  facts: FactStore,
  body: Json,
  asker: QueryAsker,
): (t: T) => Promise<Watched> {
  const { question, asOf, since, timeoutMs } = queries.read(body)
  if (asOf !== null || since !== null) {
    throw new Refusal("malformed", "What is watched is what is true now: a live query has neither asOf nor since")
  }
  const attributes = attributesRead(question)
  return async t => {
    const recorded = new Recorder(facts)
    let topics: readonly Topic[] = []
    const over = {
      facts: recorded,
      onResolved: (query: Parameters<typeof topicsOf>[0]) => void (topics = topicsOf(query)),
      milliseconds: timeoutMs ?? limits.queryMsUsual,
    }
    const { result } = await queries.answerOver(question, t, asker, over)
    const subjects = await inDocuments([...topics, ...recorded.topics(attributes)], facts)
    if (recorded.unknown.size > 0) subjects.push({ attributes: "all", narrowing: { entities: [...recorded.unknown] } })
    if (question.kind === "name") subjects.push({ attributes: "all", narrowing: null })
    return { rows: rowsOf(question, result), subjects }
  }
}

/** The attributes of an entity that matter to whoever reads its document for a question. */
function attributesRead(question: Question): ReadonlySet<string> | "all" {
  switch (question.kind) {
    case "pull":
      return union([readBy(question.target)])
    case "find":
      return union([...question.targets.values()].map(readBy))
    case "history":
    case "diff":
    case "name":
      return "all"
    default:
      return unreachable(question)
  }
}

function readBy(target: Target): ReadonlySet<string> | "all" {
  if (target.kind === "union") return union([...target.branches.values()].map(readBy))
  // That an entity begins and ends matters whatever is asked of it.
  return target.all ? "all" : union([new Set(["@type"]), ...target.fields.map(readByField)])
}

function readByField({ source, onward }: Field): ReadonlySet<string> | "all" {
  const further = onward?.kind === "join" ? readBy(onward.target) : new Set<string>()
  switch (source.kind) {
    case "attribute": {
      const meanings = [...source.meanings.values()]
      const stored = meanings.flatMap(meaning => (meaning.kind === "stored" ? [meaning.attribute.fullName] : []))
      return stored.length < meanings.length ? "all" : union([new Set(stored), further])
    }
    case "reverse":
      return further
    case "builtIn":
      return source.name === "@t" ? "all" : further
    default:
      return unreachable(source)
  }
}

function union(sets: readonly (ReadonlySet<string> | "all")[]): ReadonlySet<string> | "all" {
  const known = sets.filter(set => set !== "all")
  return known.length < sets.length ? "all" : new Set(known.flatMap(set => [...set]))
}

/** Topics in the words of documents: what the store knows by keys, they know by ids. */
async function inDocuments(topics: readonly Topic[], facts: FactStore): Promise<Subject[]> {
  const keys = [...new Set(topics.flatMap(keysIn))]
  const ids = await facts.ids(keys.filter(key => key > 0))
  const known = keys.filter(key => key > 0)
  const idOf = new Map(known.map((key, i) => [key, ids[i]!]))
  const named = (key: EntityKey) => idOf.get(key) ?? []
  return topics.map(({ attributes, narrowing }): Subject => {
    if (narrowing === null) return { attributes, narrowing }
    if ("entities" in narrowing) return { attributes, narrowing: { entities: narrowing.entities.flatMap(named) } }
    const { attribute, values, isRef } = narrowing
    // What stands in a ref's place is a key, or, where only the value is known, whatever it is.
    return { attributes, narrowing: { attribute, values: isRef ? values.flatMap(v => named(v as EntityKey)) : values } }
  })
}

function keysIn({ narrowing }: Topic): readonly EntityKey[] {
  if (narrowing === null) return []
  if ("entities" in narrowing) return narrowing.entities
  return narrowing.isRef ? (narrowing.values as readonly EntityKey[]) : []
}

/** The rows of an answer under their keys: what was asked for by name under its name, all else under what it says. */
function rowsOf(question: Question, result: Json): readonly KeyedRow[] {
  if (question.kind === "pull") {
    const rows = question.isMany ? (result as readonly Json[]) : [result]
    return rows.flatMap((row, i) => (row === null ? [] : [[nameOf(question.namings[i]!), row] as const]))
  }
  if (question.kind === "name" || (question.kind === "find" && isSingle(question))) {
    return result === null ? [] : [["", result]]
  }
  const rows = Array.isArray(result) ? (result as readonly Json[]) : [result]
  return rows.map(row => [canonicalJson(row), row] as const)
}

function isSingle({ query }: FindQuestion): boolean {
  return query.shape === "scalar" || query.shape === "tuple"
}

function nameOf(naming: Naming): string {
  return naming.kind === "id" ? naming.id : canonicalJson([naming.name, naming.value])
}

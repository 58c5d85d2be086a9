// What a thread runs that answers queries: see `datalog-threads.ts`.
import { parentPort, workerData } from "node:worker_threads"
import { assert, Refusal } from "../../kernel/refusal.ts"
import type { EntityKey, FactStore } from "../../ports/facts.ts"
import { Overdue, overdue, datalogRunner } from "./datalog-run.ts"
import { has } from "./datalog-scope.ts"
import { sharedTicks, type Question, type Said } from "./datalog-threads.ts"
import { refusalOf } from "./errors.ts"
import { factStore } from "./facts.ts"
import { namesOf } from "./names.ts"
import { openFile } from "./open.ts"

const path = String(workerData)
const port = parentPort
assert(port !== null, "this is run by a thread")

// Whoever asks sends one question after the other.
port.on("message", (question: Question) => port.postMessage(answered(question)))

function answered(question: Question): Said {
  try {
    // Opened for each question: a connection that stayed would keep the file from being put in order when it is closed.
    const file = openFile({ path, readonly: true })
    try {
      const names = namesOf(file.db)
      return answer(question, datalogRunner(file.db, names), factStore(file.db, names, null))
    } finally {
      file.close()
    }
  } catch (error) {
    const said = error instanceof Overdue ? overdue(question.milliseconds) : refusalOf(error, path)
    if (!(said instanceof Refusal))
      return { kind: "failed", sentence: said instanceof Error ? said.message : String(said) }
    return { kind: "refused", code: said.code, sentence: said.message, facts: said.facts }
  }
}

function answer(question: Question, { planOf, run }: ReturnType<typeof datalogRunner>, facts: FactStore): Said {
  const { query, moment, seen, rowsMax, until } = question
  const before = performance.now()
  const plan = planOf(query, moment, seen)
  const { sees, gone } = looker(question, facts)
  const scope = seen === null ? null : { sees }
  const rows = plan === null ? null : run(plan, { query, moment, scope, rowsMax, milliseconds: until - sharedTicks() })
  const text = gone.size > 0 ? "null" : JSON.stringify(rows)
  return { kind: "answered", text, gone: [...gone], milliseconds: performance.now() - before }
}

/**
 * Looks up who is seen. Of what was there once it notes whom it must be asked about: those that are no more are in no list
 * of all. What is there now leads to nobody else, for nobody is left pointing at what is retracted.
 */
function looker({ seen, moment, newest }: Question, facts: FactStore) {
  const there = new Set<EntityKey>()
  const gone = new Set<EntityKey>()

  function sees(entity: EntityKey, attribute?: string): boolean {
    if (seen === null) return true
    const set = attribute === undefined ? seen.entities : seen.attributes.get(attribute)
    if (set !== undefined && has(set, entity)) return true
    const mayBeGone = moment.t < newest && attribute === undefined
    if (mayBeGone && !there.has(entity) && !seen.judged.has(entity)) look(entity)
    return false
  }

  function look(entity: EntityKey): void {
    // A store in this thread answers at once.
    const [type] = facts.types([entity], newest) as readonly (string | null)[]
    if (type === null) gone.add(entity)
    else there.add(entity)
  }

  return { sees, gone }
}

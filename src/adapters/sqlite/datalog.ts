import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { Unready, type DatalogBounds, type DatalogQuery, type DatalogStore, type Scope } from "../../ports/datalog.ts"
import type { Moment } from "../../ports/facts.ts"
import type { CompiledQuery } from "../sql/statement.ts"
import { recent } from "../sql/recent.ts"
import { Overdue, overdue, type DatalogRunner, type Lists } from "./datalog-run.ts"
import { listsOf, seenBy, withJudged } from "./datalog-scope.ts"
import { sharedTicks, type DatalogThreads, type Told } from "./datalog-threads.ts"

// How many statements are remembered to be slow, and how often they go to a thread before they are tried here again: what
// somebody asks about little takes as long there as what is long, for a thread reads what it needs anew.
const slowMax = 1_000
const slowTimes = 20

// A statement that came by so many facts is given lists of all that is seen the next time, instead of asking of each. With
// lists, it counts one in eight of those that are not seen.
const wideMin = { asking: 30_000, listed: 4_000 }

// Entities that are no more, and that a thread has to have judged: beyond, whoever asks walks.
const judgedMax = 1_000

type Options = { readonly moment: Moment; readonly scope: Scope | null; readonly bounds: DatalogBounds }

/** A statement, and the lists that it looks in. */
type Way = { readonly plan: CompiledQuery; readonly lists?: { readonly lists: Lists } }

/** What answering takes. `threads`: null where no other connection can read what is here. */
type Parts = {
  readonly runner: DatalogRunner
  readonly threads: DatalogThreads | null
  readonly basis: () => T
}

/**
 * Answers datalog queries in one statement each. It is given a turn here, at once; what takes longer is asked again in
 * a thread, so that nobody waits for it but whoever asked. Where there are no threads, it is walked instead.
 */
export function datalogStore({ runner, threads, basis }: Parts): DatalogStore {
  const slow = slowOnes()
  const wide = recent<string, true>(slowMax)

  // Null: its turn was over before it was.
  function atOnce({ plan, lists }: Way, query: DatalogQuery, { moment, scope, bounds }: Options) {
    const milliseconds = Math.min(limits.turnMs, bounds.milliseconds)
    try {
      return runner.run(plan, { query, moment, scope, rowsMax: bounds.rowsMax, milliseconds, ...lists })
    } catch (error) {
      if (!(error instanceof Overdue)) throw error
      if (milliseconds === bounds.milliseconds) throw overdue(milliseconds)
      slow.note(plan.sql)
      return null
    }
  }

  async function elsewhere(
    { ask }: DatalogThreads,
    plan: CompiledQuery,
    query: DatalogQuery,
    { moment, scope, bounds }: Options,
    until: number,
  ) {
    const attributes = plan.parameters.flatMap(parameter => (parameter.kind === "name" ? [parameter.name] : []))
    const seen = scope === null ? null : await seenBy(scope, attributes)
    if (seen === null && scope !== null) return null
    const asking = (by: typeof seen): Promise<Told> =>
      ask({ query, moment, newest: basis(), seen: by, until, ...bounds })
    const told = await asking(seen)
    if (told.milliseconds < limits.turnMs) slow.forget(plan.sql)
    if (told.gone.length === 0) return told.rows
    if (told.gone.length > judgedMax || seen === null || scope === null) return null
    const judged = await withJudged(seen, told.gone, scope, attributes)
    const again = await asking(judged)
    return again.gone.length === 0 ? again.rows : null
  }

  // `isReady`: who sees what was found out as a whole, for this very question.
  function answer(query: DatalogQuery, options: Options, isReady = false): ReturnType<DatalogStore["answer"]> {
    if (query.inputs.some(({ rows }) => rows.length === 0)) return []
    const plan = runner.planOf(query, options.moment, options.scope)
    if (plan === null) return null
    const until = sharedTicks() + options.bounds.milliseconds
    try {
      const way = (isReady || wide.get(plan.sql) === true ? listed(runner, query, options) : null) ?? { plan }
      if (threads === null || !slow.has(way.plan.sql)) {
        const rows = atOnce(way, query, options)
        if (runner.cameBy() >= wideMin[way.lists === undefined ? "asking" : "listed"]) wide.set(plan.sql, true)
        if (rows !== null) return rows
      }
    } catch (error) {
      if (!(error instanceof Unready)) throw error
      return error.ready.then(() => answer(query, { ...options, bounds: boundsLeft(options.bounds, until) }, true))
    }
    return threads === null ? null : elsewhere(threads, plan, query, options, until)
  }

  return { answer }
}

// The lists hold what is there today. Null: of this there are none.
function listed(runner: DatalogRunner, query: DatalogQuery, { moment, scope }: Options): Way | null {
  if (scope === null || moment.t !== scope.t) return null
  const plan = runner.listedPlanOf(query, moment, scope)
  if (plan === null) return null
  const wanted = plan.parameters.flatMap(parameter => (parameter.kind === "members" ? [parameter.attribute] : []))
  const lists = listsOf(scope, wanted)
  return lists === null ? null : { plan, lists: { lists } }
}

// The statements that are known to be slow.
function slowOnes() {
  const times = recent<string, number>(slowMax)
  return {
    note: (sql: string) => times.set(sql, slowTimes),
    forget: (sql: string) => times.delete(sql),
    has(sql: string): boolean {
      const left = times.get(sql) ?? 0
      if (left > 1) times.set(sql, left - 1)
      else times.delete(sql)
      return left > 0
    },
  }
}

function boundsLeft({ rowsMax, milliseconds }: DatalogBounds, until: number): DatalogBounds {
  const left = until - sharedTicks()
  if (left <= 0) throw overdue(milliseconds)
  return { rowsMax, milliseconds: left }
}

import { DatabaseSync } from "node:sqlite"
import { expect, test, vi } from "vitest"
import { prepare } from "../../../src/adapters/sqlite/driver.ts"
import type { CommandFilter } from "../../../src/ports/commands.ts"
import { aFile } from "./place.ts"

// These have a handful of rows, whatever happens, or are read from one end and only as far as is asked.
const mayBeWalked = [
  "SCAN projections",
  "SCAN schemas",
  "SCAN transactions_apart",
  "SCAN commands",
  "SCAN archived_commands",
  "SCAN json_each VIRTUAL TABLE INDEX 1:",
  // What was found one level above.
  "SCAN tree",
  // What is asked about, as a list, and the entities of one type, which an index has found.
  "SCAN j VIRTUAL TABLE INDEX 1:",
  "SCAN j",
  "SCAN e",
  // The two kinds of stretches.
  "SCAN CONSTANT ROW",
  "SCAN k",
  // The newest transaction of each of the two tables.
  "SCAN (subquery-1)",
  "SCAN (subquery-3)",
  // No more of a stream than one page.
  "SCAN led",
  "SCAN others",
  "SCAN deliveries USING INDEX deliveries_dead",
  "SCAN timers USING COVERING INDEX timers_by_due",
]

test("no statement walks over a table that grows", () => {
  const texts = new Set<string>()
  const spy = vi.spyOn(DatabaseSync.prototype, "prepare")
  const { db, store } = aFile()
  for (const filter of filters()) void store.commands.list(filter)
  for (const [sql] of spy.mock.calls) texts.add(sql)
  spy.mockRestore()

  const walks = [...texts]
    .filter(
      sql =>
        /\b(events|commands|archived_commands|entities|versions|vals|transactions|transactions_apart|names)\b/.test(
          sql,
        ) && !sql.startsWith("INSERT"),
    )
    .flatMap(sql => prepare<[number, number, number, string]>(db, `EXPLAIN QUERY PLAN ${sql}`).all())
    .map(([, , , detail]) => detail)
    .filter(detail => detail.startsWith("SCAN") && !mayBeWalked.includes(detail))
  expect(walks).toEqual([])
  expect(texts.size).toBeGreaterThan(50)
})

test.each([
  ["parent = 'a'", "commands_by_parent (parent=?)"],
  ["owner = 1 AND state <> 5 AND state = 7", "commands_by_owner_and_state (owner=? AND state=?)"],
  ["state <> 5 AND state = 7", "commands_by_state (state=?)"],
])("commands where %s are found by their index, newest first", (where, index) => {
  const { db } = aFile()
  const plan = prepare<[number, number, number, string]>(
    db,
    `EXPLAIN QUERY PLAN SELECT * FROM commands WHERE ${where} ORDER BY n DESC LIMIT 10`,
  ).all()
  expect(plan.map(([, , , detail]) => detail)).toEqual([`SEARCH commands USING INDEX ${index}`])
})

test.each([
  [{ type: "Put" }, []],
  [{ owner: "someone", after: "a" }, []],
  [{ type: "Put", state: "succeeded" }, []],
  [
    { type: "Put", owner: "someone" },
    ["SEARCH command_stretches EXISTS USING PRIMARY KEY (kind=? AND name=? AND stretch=?)"],
  ],
] as const)("commands where %j are found by the stretches that they began in, newest first", (filter, also) => {
  const { db, store } = aFile()
  const prepared = vi.spyOn(DatabaseSync.prototype, "prepare")
  void store.commands.list({ limit: 10, ...filter })
  const [list = ""] = prepared.mock.calls.map(([sql]) => sql).filter(sql => sql.includes("ORDER BY"))
  prepared.mockRestore()
  const plan = prepare<[number, number, number, string]>(db, `EXPLAIN QUERY PLAN ${list}`).all()
  expect(plan.map(([, , , detail]) => detail)).toEqual([
    expect.stringMatching(/^SEARCH s USING PRIMARY KEY \(kind=\? AND name=\?( AND stretch<\?)?\)$/),
    ...also,
    "SEARCH commands USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
  ])
})

test("what a process has in hand is found by the index, beside any number that rests [W38]", () => {
  const prepared = vi.spyOn(DatabaseSync.prototype, "prepare")
  const { db } = aFile()
  const [open = ""] = prepared.mock.calls.map(([sql]) => sql).filter(sql => sql.includes("actor FROM"))
  prepared.mockRestore()
  const plan = prepare<[number, number, number, string]>(db, `EXPLAIN QUERY PLAN ${open}`).all()
  expect(open).toContain("state IN (0,1,3,4)")
  expect(plan.map(([, , , detail]) => detail)).toContain("SEARCH commands USING INDEX commands_by_state (state=?)")
})

function filters(): CommandFilter[] {
  const owners = [{}, { owner: "someone" }]
  const states = [{}, { state: "succeeded" }, { state: "failed" }] as const
  const types = [{}, { type: "Put" }]
  const afters = [{}, { after: "command" }]
  const archives = [{}, { archived: "both" }] as const
  const some = owners.flatMap(o =>
    states.flatMap(s => types.flatMap(t => afters.map(a => ({ ...o, ...s, ...t, ...a })))),
  )
  return archives.flatMap(archived => some.map(filter => ({ limit: 10, ...filter, ...archived })))
}

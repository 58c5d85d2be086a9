import type { Json, JsonObject } from "../../../src/kernel/json.ts"
import type { Case } from "./worlds.ts"

const name = ["?e", "Person/name", "?n"]
const refused = (query: JsonObject, code: string, says: string, path?: string): Case => ({
  world: "four",
  title: `${code}: ${says}`,
  query,
  refused: code,
  says,
  ...(path === undefined ? {} : { path }),
})
const where = (...clauses: Json[]): JsonObject => ({ find: ["?e"], where: clauses })

/** What is no query, or none that is answered. */
export const refusals: readonly Case[] = [
  refused({ find: [], where: [name] }, "malformed", "what to find", "/find"),
  refused({ find: "?e", where: [name] }, "malformed", "what to find", "/find"),
  refused({ find: ["e"], where: [name] }, "malformed", "a variable, an aggregate or a pull", "/find/0"),
  refused({ find: ["?x"], where: [name] }, "malformed", "Nothing binds ?x", "/find/0"),
  refused({ find: [["count", "?x"]], where: [name] }, "malformed", "Nothing binds ?x"),
  refused({ find: [["variance", "?e"]], where: [name] }, "query-unsupported", "no aggregate variance", "/find/0"),
  refused({ find: [["count", "?e", "?n"]], where: [name] }, "malformed", "of one variable"),
  refused({ find: [["min", 0, "?n"]], where: [name] }, "malformed", "from 1 on"),
  refused({ find: [["min", "?k", "?n"]], where: [name] }, "malformed", "from 1 on"),
  refused({ find: [["pull", "?e"]], where: [name] }, "malformed", "a variable"),
  refused({ find: ["?e"], where: name }, "malformed", "A clause is a list", "/where/0"),
  refused({ find: ["?e"], where: "x" }, "malformed", "Clauses are a list", "/where"),
  refused(where([]), "malformed", "not empty", "/where/0"),
  refused(where(["?e"]), "malformed", "an entity and an attribute", "/where/0"),
  refused(where(["?e", "Person/name", "?n", "?t"]), "query-unsupported", "and no more", "/where/0"),
  refused(where(["$", "?e", "Person/name"]), "query-unsupported", "no source", "/where/0"),
  refused(where(["?e", "Person/surname", "?n"]), "unknown-type", 'no attribute "Person/surname"', "/where/0/1"),
  refused(where(["?e", "Nobody/name", "?n"]), "unknown-type", 'no attribute "Nobody/name"'),
  refused(where(["?e", "Person/_name", "?n"]), "malformed", "walked backwards"),
  refused(where([7, "Person/name", "?n"]), "malformed", "by its id or by a lookup", "/where/0/0"),
  refused(where([["Person/name", "Ivan"], "Person/age", "?e"]), "malformed", "is not unique"),
  refused(where(name, [["odd", "?n"]]), "query-unsupported", "no predicate odd", "/where/1"),
  refused(where(name, [["upper", "?n"], "?m"]), "query-unsupported", "no function upper", "/where/1"),
  refused(where(name, [["<", "?n", "?m"]]), "malformed", "nothing binds ?m", "/where/1/0"),
  refused(where(name, [["+", "?m", 1], "?k"]), "malformed", "nothing binds ?m"),
  refused(where(name, [["missing", "?f", "Person/age"]]), "malformed", "nothing binds ?f"),
  refused(where(name, [["missing", "?f", "Person/_boss"]]), "malformed", "nothing binds ?f"),
  refused(where(name, [["missing", "?e", "Person/_age"]]), "malformed", "walked backwards", "/where/1/0/2"),
  refused(
    where(name, [
      ["ground", "?n"],
      ["?x", "?y"],
    ]),
    "query-unsupported",
    "an input of one value",
  ),
  refused(where(name, [["<", "?n", 1], "?m"]), "malformed", "binds nothing"),
  refused(where(name, [["+", "?n", 1]]), "malformed", "is bound to a variable"),
  refused(where(name, [["getElse", "?e", "Person/age", null], "?a"]), "malformed", "cannot be null"),
  refused(where(name, [["getElse", "?e", "Person/aka", "x"], "?a"]), "malformed", "many values"),
  refused(where(name, [["matches", "?n", "("]]), "query-unsupported", "cannot be read"),
  refused(where(name, [["matches", "?n", "(?=a)"]]), "query-unsupported", "looking ahead"),
  refused(where(name, [["<", "$", "?n"]]), "query-unsupported", "no source"),
  refused(where(name, ["not"]), "malformed", "nothing in"),
  refused(where(name, ["not", ["?x", "Person/name", "Petr"]]), "malformed", "None of its variables"),
  refused(where(name, ["notJoin", ["?x"], ["?x", "Person/name", "Petr"]]), "malformed", "nothing binds ?x", "/where/1"),
  refused(where(name, ["notJoin", ["?e"], ["?x", "Person/name", "Petr"]]), "malformed", "joined on and not used"),
  refused(where(name, ["notJoin", [], ["?e", "Person/name"]]), "malformed", "a list of variables"),
  refused(
    where(["or", ["?e", "Person/name", "?n"], ["?e", "Person/age"]]),
    "malformed",
    "nothing binds ?n outside, and not all branches do",
    "/where/0",
  ),
  refused(
    where(["orJoin", ["?e", "?a"], ["?e", "Person/age", "?a"], ["?e", "Person/name"]]),
    "malformed",
    "nothing binds ?a outside",
  ),
  refused(where(["orJoin", [["?a"], "?e"], ["and", ["?e", "Person/age", "?a"]]]), "malformed", "nothing binds ?a"),
  refused(
    where([
      "or",
      ["and", ["?e", "Person/name", "?n"], [["<", "?n", "?m"]]],
      ["and", ["?e", "Person/aka", "?n"], [["<", "?n", "?m"]]],
    ]),
    "malformed",
    "nothing binds",
  ),
  refused(
    {
      ...where(["r", "?e", "?n"]),
      rules: [
        [
          ["r", "?a"],
          ["?a", "Person/name"],
        ],
      ],
    },
    "malformed",
    "takes 1 terms, not 2",
  ),
  refused(
    {
      ...where(["r", "?e"]),
      rules: [
        [
          ["r", "?a"],
          ["?a", "Person/name"],
        ],
        [
          ["r", "?a", "?b"],
          ["?a", "Person/name", "?b"],
        ],
      ],
    },
    "malformed",
    "1 parameters in one branch and 2",
  ),
  refused({ ...where(["r", "?e"]), rules: [[["r", "?a"]]] }, "malformed", "has clauses"),
  refused(
    {
      ...where(["r", "?e"]),
      rules: [
        [
          ["r", "?a", "?a"],
          ["?a", "Person/name"],
        ],
      ],
    },
    "malformed",
    "different variables",
  ),
  refused({ ...where(["r", "?e"]), rules: [[["r"], ["?a", "Person/name"]]] }, "malformed", "has parameters"),
  refused(
    {
      ...where(["r", "?e"]),
      rules: [
        [
          ["not", "?a"],
          ["?a", "Person/name"],
        ],
      ],
    },
    "malformed",
    "cannot be called not",
  ),
  refused(
    {
      ...where(["r", "?e"]),
      rules: [
        [
          ["r", "?a"],
          ["?b", "Person/name"],
        ],
      ],
    },
    "malformed",
    "occurs in no clause",
    "/rules/0",
  ),
  refused({ ...where(["r", "?e"]), rules: [[["r", "?a"], [["<", "?a", 1]]]] }, "malformed", "nothing binds ?e"),
  refused(
    {
      ...where(["r", "?e"]),
      rules: [
        [
          ["r", "?a"],
          ["?a", "Person/name"],
          ["not", ["r", "?a"]],
        ],
      ],
    },
    "malformed",
    "denies what rests on itself",
  ),
  refused(where(["follow", "?e", "?f"], ["?e", "Person/name"]), "malformed", "rule missing"),
  refused(
    where(["follow", "?e", "?f"], ["?f", "Person/name"], ["?f", "Person/friend", "?e"]),
    "malformed",
    "rule missing",
  ),
  refused(where(["follow", "?e", "?f", "?g", "?h"]), "query-unsupported", "and no more"),
  refused(
    { find: ["?e"], in: ["?n"], args: [], where: [name] },
    "malformed",
    '1 inputs in "in" and 0 in "args"',
    "/args",
  ),
  refused(
    { find: ["?e"], in: ["?n"], args: ["a", "b"], where: [name] },
    "malformed",
    '1 inputs in "in" and 2 in "args"',
  ),
  refused(
    { find: ["?e"], in: [["?n", "..."]], args: ["a"], where: [name] },
    "malformed",
    "a list of values",
    "/args/0",
  ),
  refused({ find: ["?e"], in: [["?n", "?m"]], args: [["a"]], where: [name] }, "malformed", "1 values"),
  refused({ find: ["?e"], in: [[["?n", "?m"]]], args: [[["a"]]], where: [name] }, "malformed", "1 values", "/args/0/0"),
  refused({ find: ["?e"], in: ["?e", "?e"], args: ["a", "a"], where: [name] }, "malformed", "comes in twice", "/in/1"),
  refused(
    { find: ["?x"], in: [[["?x", ["?y"]]]], args: [[]], where: [] },
    "query-unsupported",
    "not taken apart twice",
    "/in/0/1",
  ),
  refused({ find: ["?e"], in: ["$2"], args: ["a"], where: [name] }, "query-unsupported", "one database", "/in/0"),
  refused({ find: ["?e"], in: ["%"], args: [[]], where: [name] }, "query-unsupported", "its rules are its own"),
  refused({ find: ["?e"], in: ["?e"], args: [7], where: [name] }, "malformed", "by its id or by a lookup", "/args/0"),
  refused({ find: ["?e"], with: ["?x"], where: [name] }, "malformed", "Nothing binds ?x", "/with/0"),
  refused({ find: ["?e"], with: ["?e"], where: [name] }, "malformed", "is found anyway"),
  refused({ find: [["count", "?e"]], with: ["?n", "?n"], where: [name] }, "malformed", "once"),
  refused({ find: ["?e"], keys: ["a", "b"], where: [name] }, "malformed", "2 keys for 1 columns", "/keys"),
  refused({ find: [["?e", "..."]], keys: ["a"], where: [name] }, "malformed", "Only rows have keys"),
  refused({ find: ["?e"], order: [["?n", "asc"]], where: [name] }, "malformed", "by what is found", "/order/0"),
  refused({ find: ["?e"], order: [["?e", "up"]], where: [name] }, "malformed", "asc", "/order/0"),
  refused({ find: ["?e"], limit: -1, where: [name] }, "malformed", "0 or more", "/limit"),
  refused({ find: ["?e"], after: "garbled", where: [name] }, "malformed", "cursor", "/after"),
  refused({ find: [["sum", "?n"]], where: [name] }, "invalid", "of numbers"),
]

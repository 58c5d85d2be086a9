// The conventions of this repository, kept by a test. Whoever breaks one reads a sentence about it here.

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, posix } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript-api"
import { describe, expect, test } from "vitest"

/** The rooms of src, and which others each may import. An adapter stands for all of them: none knows another. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  schema: ["kernel"],
  protocol: ["kernel", "schema"],
  ports: ["kernel", "schema"],
  security: ["kernel", "schema", "ports"],
  commands: ["kernel", "schema", "ports", "security"],
  processors: ["kernel", "schema", "ports"],
  workflows: ["kernel", "schema", "ports", "processors"],
  queries: ["kernel", "schema", "ports", "security"],
  app: ["kernel", "schema", "ports", "security", "commands", "processors", "workflows", "queries"],
  adapters: ["kernel", "schema", "ports"],
  // Both stores in SQL say some things alike, and keep them in one place.
  "adapters/sqlite": ["kernel", "schema", "ports", "adapters/sql"],
  "adapters/postgres": ["kernel", "schema", "ports", "adapters/sql"],
  server: ["kernel", "schema", "protocol", "app"],
  client: ["kernel", "schema", "protocol"],
  testing: ["kernel", "schema", "ports", "app", "adapters/sqlite", "adapters/postgres"],
  // These two put the parts together, one for programs and one for the command line. Nobody imports them.
  index: ["any room"],
  cli: ["any room"],
}

/** Rooms whose programs must run the same way twice, so time and chance reach them as values. */
const repeatable = [
  "kernel",
  "schema",
  "protocol",
  "ports",
  "security",
  "commands",
  "processors",
  "workflows",
  "queries",
]
const timeAndChance = ["Date.now", "Math.random", "performance.now", "crypto.randomUUID", "crypto.getRandomValues"]

const documentedRooms = ["kernel", "ports"]
const linesOfAFileMax = 300
const linesOfAFunctionMax = 60

type Source = { readonly path: string; readonly text: string; readonly tree: ts.SourceFile }

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const src = read("src")
const examples = read("examples")
const everything = [...src, ...examples, ...read("bench"), ...read("test")].filter(f => f.path !== "test/tidy.test.ts")

test("every file of src lies in a room", () => {
  expect(src.flatMap(homeless)).toEqual([])
})

test("a room imports only what the table grants it [A1 A34 A36 A38 X7]", () => {
  expect(src.flatMap(strayImports)).toEqual([])
})

test("no file imports itself by a detour", () => {
  expect(circles([...src, ...examples])).toEqual([])
})

test("an example lives on the public names of daybook alone [A40 N5]", () => {
  expect(examples.flatMap(reachingIn)).toEqual([])
})

test("the repeatable rooms read no clock and throw no dice", () => {
  expect(src.filter(f => repeatable.includes(roomOf(f.path))).flatMap(clocksAndDice)).toEqual([])
})

test("files and functions stay short", () => {
  expect([...src, ...examples].flatMap(tooLong)).toEqual([])
})

test("what kernel and ports export says what it is", () => {
  expect(src.filter(f => documentedRooms.includes(roomOf(f.path))).flatMap(undocumented)).toEqual([])
})

test("no note to oneself and no trace of debugging stays behind", () => {
  expect(everything.flatMap(leftovers)).toEqual([])
})

describe("the guards bite:", () => {
  test("on a file outside the rooms", () => {
    expect(homeless(source("src/misc/a.ts", ""))).toHaveLength(1)
    expect(homeless(source("src/adapters/sqlite/log.ts", ""))).toEqual([])
    expect(homeless(source("src/app.ts", ""))).toEqual([])
  })

  test("on imports uphill, across adapters, of Node in a repeatable room, however they are written", () => {
    const stray = (path: string, text: string) => strayImports(source(path, text)).length
    expect(stray("src/kernel/a.ts", `import type { B } from "../ports/b.ts"`)).toBe(1)
    expect(stray("src/kernel/a.ts", `export * from "../schema/b.ts"`)).toBe(1)
    expect(stray("src/kernel/a.ts", `const b = await import("../schema/b.ts")`)).toBe(1)
    expect(stray("src/kernel/a.ts", `type B = import("../schema/b.ts").B`)).toBe(1)
    expect(stray("src/queries/a.ts", `import { readFileSync } from "node:fs"`)).toBe(1)
    expect(stray("src/server/a.ts", `import { app } from "daybook"`)).toBe(1)
    expect(stray("src/cli/a.ts", `import "../index.ts"`)).toBe(1)
    expect(stray("src/adapters/sqlite/a.ts", `import { b } from "../postgres/b.ts"`)).toBe(1)
    expect(stray("src/adapters/sqlite/a.ts", `import { b } from "./b.ts"; import "../../ports/log.ts"`)).toBe(0)
    expect(stray("src/adapters/sqlite/a.ts", `import { b } from "../sql/b.ts"`)).toBe(0)
    expect(stray("src/adapters/sql/a.ts", `import { b } from "../sqlite/b.ts"`)).toBe(1)
    expect(stray("src/adapters/disk/a.ts", `import { b } from "../sql/b.ts"`)).toBe(1)
    expect(stray("src/testing/a.ts", `import "../adapters/sqlite/b.ts"; import "../app.ts"`)).toBe(0)
  })

  test("on circles", () => {
    const a = source("src/kernel/a.ts", `import "./b.ts"`)
    const b = source("src/kernel/b.ts", `import "./a.ts"`)
    expect(circles([a, b])).toEqual(["src/kernel/a.ts -> src/kernel/b.ts -> src/kernel/a.ts"])
    expect(circles([a, source("src/kernel/b.ts", "")])).toEqual([])
  })

  test("on an example that reaches into src or into its neighbour", () => {
    const reaching = (text: string) => reachingIn(source("examples/loans/app.ts", text)).length
    expect(reaching(`import "../../src/index.ts"`)).toBe(1)
    expect(reaching(`import "../roster/app.ts"`)).toBe(1)
    expect(reaching(`import "daybook"; import "daybook/testing"; import "./loan.ts"; import "nodemailer"`)).toBe(0)
  })

  test("on clocks and dice, but not on an instant that is handed in", () => {
    const found = clocksAndDice(source("src/kernel/a.ts", "Date.now(); new Date(); Math.random(); new Date(0)"))
    expect(found).toHaveLength(3)
  })

  test("on length", () => {
    expect(tooLong(source("src/kernel/a.ts", "\n".repeat(301)))).toHaveLength(1)
    expect(tooLong(source("src/kernel/a.ts", `function f() {${"\n".repeat(60)}}`))).toHaveLength(1)
    expect(tooLong(source("src/kernel/a.ts", `function f() {${"\n".repeat(59)}}`))).toEqual([])
  })

  test("on an export without a word about it", () => {
    expect(undocumented(source("src/kernel/a.ts", "export const a = 1"))).toHaveLength(1)
    expect(undocumented(source("src/kernel/a.ts", "/** One. */\nexport const a = 1\nconst b = 2"))).toEqual([])
  })

  test("on leftovers", () => {
    expect(leftovers(source("src/app.ts", "console.log(1); debugger // FIXME"))).toHaveLength(3)
    expect(leftovers(source("src/cli/main.ts", "console.log(1)"))).toEqual([])
  })
})

function homeless(file: Source): string[] {
  const room = roomOf(file.path)
  return grants(room) ? [] : [`${file.path} lies in no room: "${room}" is not in the table`]
}

function strayImports(file: Source): string[] {
  const room = roomOf(file.path)
  const granted = grants(room) ?? []
  return importsOf(file).flatMap(name => {
    if (name === "daybook" || name.startsWith("daybook/")) {
      return [`${file.path} imports "${name}", but inside the platform files import files`]
    }
    if (!name.startsWith(".")) {
      const node = name.startsWith("node:") && repeatable.includes(room)
      return node ? [`${file.path} imports ${name}, but ${room} must run anywhere and twice: use a port`] : []
    }
    const target = roomOf(resolve(file, name))
    if (target === room || granted.includes(target)) return []
    if (granted.includes("any room") && target !== "index" && target !== "cli") return []
    return [`${file.path} imports ${name}, but ${room} may import only ${granted.join(", ") || "itself"}`]
  })
}

function reachingIn(file: Source): string[] {
  const home = file.path.split("/").slice(0, 2).join("/")
  return importsOf(file)
    .filter(name => name.startsWith(".") && !resolve(file, name).startsWith(`${home}/`))
    .map(name => `${file.path} imports ${name}, but an example may import only "daybook", libraries and its own files`)
}

function circles(files: readonly Source[]): string[] {
  const next = new Map(files.map(f => [f.path, importsOf(f).map(name => resolve(f, name))]))
  const found: string[] = []
  const finished = new Set<string>()
  const follow = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push([...trail.slice(start), path].join(" -> "))
    if (start >= 0 || finished.has(path)) return
    for (const to of next.get(path) ?? []) follow(to, [...trail, path])
    finished.add(path)
  }
  for (const path of next.keys()) follow(path, [])
  return found
}

function clocksAndDice(file: Source): string[] {
  return nodesOf(file).flatMap(node => {
    const asksTheClock =
      (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length) ||
      (ts.isCallExpression(node) && node.expression.getText() === "Date")
    const asks = asksTheClock || (ts.isPropertyAccessExpression(node) && timeAndChance.includes(node.getText()))
    return asks ? [`${at(file, node)} says ${node.getText()}: take it from a port or as an argument`] : []
  })
}

function tooLong(file: Source): string[] {
  const lines = file.text.split("\n").length - 1
  const whole = lines > linesOfAFileMax ? [`${file.path} has ${lines} lines, ${linesOfAFileMax} are enough`] : []
  // The callback of a describe is a chapter, not a function.
  if (file.path.endsWith(".test.ts")) return whole
  const functions = nodesOf(file).flatMap(node => {
    if (!ts.isFunctionLike(node)) return []
    const length = lineOf(file, node.end) - lineOf(file, node.getStart()) + 1
    return length > linesOfAFunctionMax
      ? [`${at(file, node)} is a function of ${length} lines, ${linesOfAFunctionMax} are enough`]
      : []
  })
  return [...whole, ...functions]
}

function undocumented(file: Source): string[] {
  const documented = new Set<string>()
  return file.tree.statements.flatMap(statement => {
    if (!ts.canHaveModifiers(statement)) return []
    if (!ts.getModifiers(statement)?.some(m => m.kind === ts.SyntaxKind.ExportKeyword)) return []
    // Overloads, and a type with the value of the same name, share the comment on the first of them.
    const name = exportedName(statement)
    if (documented.has(name)) return []
    if (ts.getJSDocCommentsAndTags(statement).length === 0)
      return [`${at(file, statement)} exports ${name} without /** */`]
    documented.add(name)
    return []
  })
}

function leftovers(file: Source): string[] {
  const notes = [...file.text.matchAll(/\b(?:FIXME|TODO)\b/g)].map(
    m => `${file.path}:${lineOf(file, m.index)} says ${m[0]}: do it or open an issue`,
  )
  const mayPrint = file.path.startsWith("src/cli/") || file.path.startsWith("bench/")
  const traces = nodesOf(file).flatMap(node => {
    if (ts.isDebuggerStatement(node)) return [`${at(file, node)} stops the debugger`]
    const prints = ts.isPropertyAccessExpression(node) && node.getText() === "console.log"
    return prints && !mayPrint ? [`${at(file, node)} prints, which only cli and bench do`] : []
  })
  return [...notes, ...traces]
}

function read(folder: string): Source[] {
  if (!existsSync(posix.join(root, folder))) return []
  return readdirSync(posix.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter(name => name.endsWith(".ts") && !name.includes("node_modules/"))
    .map(name => posix.join(folder, name))
    .map(path => source(path, readFileSync(posix.join(root, path), "utf8")))
}

function source(path: string, text: string): Source {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
}

/** The first folder below src; with adapters, the first two. */
function roomOf(path: string): string {
  const [, first = "", second = ""] = path.replace(/\.ts$/, "").split("/")
  // What a running daybook can be asked, apart from how it is put together: whoever knows the one need not load the other.
  if (first === "daybook") return "app"
  return first === "adapters" ? `${first}/${second}` : first
}

function grants(room: string): readonly string[] | undefined {
  return rooms[room] ?? (room.startsWith("adapters/") ? rooms["adapters"] : undefined)
}

function resolve(file: Source, name: string): string {
  return name.startsWith(".") ? posix.join(posix.dirname(file.path), name) : name
}

/** What a file imports, in whichever of the four ways: import, export from, import() and a type's import(). */
function importsOf(file: Source): string[] {
  return nodesOf(file).flatMap(node => {
    let name: ts.Node | undefined
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) name = node.moduleSpecifier
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) name = node.argument.literal
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) name = node.arguments[0]
    return name && ts.isStringLiteral(name) ? [name.text] : []
  })
}

function nodesOf(file: Source): ts.Node[] {
  const found: ts.Node[] = []
  const visit = (node: ts.Node) => {
    found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(file.tree)
  return found
}

function exportedName(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText() ?? ""
  return (ts.isDeclarationStatement(statement) && statement.name?.getText()) || "its default"
}

function lineOf(file: Source, position: number): number {
  return file.tree.getLineAndCharacterOfPosition(position).line + 1
}

function at(file: Source, node: ts.Node): string {
  return `${file.path}:${lineOf(file, node.getStart())}`
}

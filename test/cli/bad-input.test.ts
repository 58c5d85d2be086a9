import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, expect, test, vi } from "vitest"
import { run } from "../../src/cli/program.ts"
import { daybook, folder, root } from "./binary.ts"

const roster = join(root, "examples/roster/app.ts")

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** Runs the command line in this process: what it says, and its exit code. */
async function ran(args: readonly string[]) {
  let err = ""
  vi.spyOn(process.stderr, "write").mockImplementation(text => {
    err += String(text)
    return true
  })
  const code = await run(args)
  return { code, err }
}

const files = {
  "schema.json": JSON.stringify({
    daybook: 1,
    name: "shop",
    version: 1,
    entities: { Order: { attributes: { total: { type: "mony" }, customer: { type: "ref", to: ["Nobody"] } } } },
  }),
  "cut.json": '{\n  "daybook": 1,',
  "handless.mjs": `
    const schema = { daybook: 1, name: "s", version: 1, entities: { Order: { attributes: {} } }, commands: { Ship: { target: "Order", data: {} } } }
    const none = { workflows: [], derived: [], queries: [], prompts: [], adapters: {}, importing: null }
    const parts = { ...none, aggregates: [], handlers: [], processors: [], projections: [], upcasters: [] }
    export default { kind: "app", schema, ...parts }
  `,
  "bare.mjs": "export const app = 1",
  "broken.ts": "const = 1",
  "nothing.csv": "",
  "odd.csv": "case,foo\n1,A\n",
  "bad.csv.gz": "\u001f\u008bxxxx",
  "events.csv": "case,activity\n1,A\n",
}

function filled(): string {
  const dir = folder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, "latin1")
  mkdirSync(join(dir, "empty"))
  return dir
}

test.each<[string, readonly string[], readonly string[]]>([
  ["an unknown option", ["serve", roster, "--prot", "1"], ["unknown option '--prot'", "Did you mean --port?"]],
  ["no verb", [], ["Usage: daybook"]],
  ["a verb without what it needs", ["rebuild"], ["required option '--app <app>' not specified"]],
  ["a missing app", ["serve", "DIR/nothing.ts"], ["There is no file DIR/nothing.ts"]],
  ["a folder without an app", ["serve", "DIR/empty"], ["DIR/empty is a folder without an app: none of app.ts,"]],
  ["a file that is no app", ["serve", "DIR/events.csv"], ["DIR/events.csv is no app"]],
  [
    "a schema with errors",
    ["serve", "DIR/schema.json"],
    [
      "\n  /entities/Order/attributes/total/type: There is no type",
      "\n  /entities/Order/attributes/customer/to/0: There is no entity",
    ],
  ],
  ["a schema that is no JSON", ["serve", "DIR/cut.json"], ["is not JSON\n  DIR/cut.json:2:16"]],
  [
    "an app that does not fit",
    ["serve", "DIR/handless.mjs"],
    ["not fit together:\n  - Nothing handles the command Ship"],
  ],
  ["a module without an app", ["serve", "DIR/bare.mjs"], ["has no app as its default export"]],
  ["dev for all the world", ["serve", roster, "--dev", "--host", "0.0.0.0"], ["--host may be 127.0.0.1"]],
  ["a time that is none", ["export", "--store", "postgres://u@db/x?aloneMs=soon"], ["aloneMs is NaN: it takes whole"]],
  ["another database", ["export", "--store", "mysql://u:secret@db/x"], ["takes postgres://…, not mysql://u:***@db/x"]],
  ["a queue", ["serve", roster, "--queue", "nats://n"], ["no adapter for NATS"]],
  ["a folder without a daybook", ["export", "--data", "DIR/empty"], ["There is no daybook in DIR/empty"]],
  ["read models of no daybook", ["rebuild", "--app", roster, "--data", "DIR/x"], ["There is no daybook in DIR/x"]],
  ["an archive of no daybook", ["archive", "--data", "DIR/x"], ["There is no daybook in DIR/x"]],
  ["a folder that the system refuses", ["serve", roster, "--data", "/proc/x/y"], ["names no folder that can be used"]],
  ["an app where none can be", ["new", "/proc/x/y"], ["/proc/x/y cannot be made a folder"]],
  ["an app without a name", ["serve", ""], ["The app has no name"]],
  ["a new app without a name", ["new", " "], ["The folder has no name"]],
  ["a file for a folder", ["verify", "--data", "DIR/cut.json"], ["takes a folder, and DIR/cut.json is a file"]],
  ["a missing log", ["import", "DIR/no.csv"], ["There is no file DIR/no.csv"]],
  ["a folder for a log", ["import", "DIR/empty"], ["Cannot read DIR/empty: it is a folder"]],
  ["a log with nothing in it", ["import", "DIR/nothing.csv"], ["Cannot read DIR/nothing.csv: the file is empty"]],
  [
    "a log without a column that it needs",
    ["import", "DIR/odd.csv"],
    ["DIR/odd.csv at row 1", "the activity", "(--columns)"],
  ],
  [
    "a log that is no gzip, but says so",
    ["import", "DIR/bad.csv.gz"],
    ["Cannot read DIR/bad.csv.gz: the gzip is damaged"],
  ],
  [
    "an encoding of no name",
    ["import", "DIR/events.csv", "--encoding", "klingon"],
    ['no text encoding is called "klingon"'],
  ],
  ["a backup over a file", ["backup", "DIR/cut.json"], ["The file DIR/cut.json is there already"]],
  [
    "a backup to nowhere",
    ["backup", "DIR/no/copy.sqlite"],
    ["There is no folder DIR/no to write DIR/no/copy.sqlite to"],
  ],
  ["an app inside of a file", ["new", "DIR/cut.json/app"], ["DIR/cut.json/app cannot be made a folder"]],
  ["a missing test", ["test", "DIR/none.test.ts"], ["There is no file DIR/none.test.ts"]],
  ["columns of no role", ["import", "DIR/events.csv", "--columns", "what=x"], ["case=…,activity=…", 'not "what=x"']],
  ["a folder in use", ["new", "DIR"], ["The folder DIR is not empty"]],
  ["a name that is none", ["new", "DIR/x", "--name", "My App"], ['"My App" cannot be the name of a package']],
])("%s is said with its place, and the exit code is 2 [A42]", async (_what, args, said) => {
  const dir = filled()
  vi.stubEnv("DAYBOOK_DATA", join(dir, "data"))
  const { code, err } = await ran(args.map(arg => arg.replace("DIR", dir)))
  for (const part of said) expect(err).toContain(part.replaceAll("DIR", dir))
  expect(err).not.toContain("secret")
  expect(code).toBe(2)
})

test("so it is with a length of time that is none [A42]", async () => {
  const dir = filled()
  expect(await daybook(["import", join(dir, "events.csv"), "--data", dir])).toMatchObject({ code: 0 })
  const { code, err } = await ran(["archive", "--data", dir, "--older-than", "soon"])
  expect([code, err]).toEqual([2, expect.stringContaining('"soon" is no length of time: known is')])
})

test("so it is where a person sees it, with the line of a module that cannot be read [A42]", async () => {
  const dir = filled()
  const [option, broken] = await Promise.all([daybook(["serv"]), daybook(["serve", join(dir, "broken.ts")])])
  expect(option).toMatchObject({ code: 2, out: "" })
  expect(option.err).toContain("Did you mean serve?")
  expect(broken).toMatchObject({ code: 2, out: "" })
  expect(broken.err).toContain("broken.ts:1\n")
})

import { Command } from "commander"
import { afterEach, expect, test, vi } from "vitest"
import { BadInput } from "../../src/cli/bad-input.ts"
import { flag, namesOf, portOf, valued } from "../../src/cli/options.ts"

afterEach(() => vi.unstubAllEnvs())

function optionsOf(args: readonly string[]): Record<string, unknown> {
  const command = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addOption(valued("--port <port>", "").default(4000).argParser(portOf))
    .addOption(valued("--types <types>", "").argParser(namesOf))
    .addOption(flag("--skip-errors", ""))
  return command.parse(args, { from: "user" }).opts()
}

test("an option comes from the command line, else from the environment, else it has its default [A42]", () => {
  expect(optionsOf([])).toEqual({ port: 4000 })
  vi.stubEnv("DAYBOOK_PORT", "4100")
  vi.stubEnv("DAYBOOK_SKIP_ERRORS", "yes")
  expect(optionsOf([])).toEqual({ port: 4100, skipErrors: true })
  expect(optionsOf(["--port", "0"])).toEqual({ port: 0, skipErrors: true })
})

test.each(["0", "false", "no", "off", ""])("a flag of the environment that is %j is not given [A42]", said => {
  vi.stubEnv("DAYBOOK_SKIP_ERRORS", said)
  expect(optionsOf([])).toEqual({ port: 4000 })
})

test("a flag of the environment that says neither yes nor no is bad input [A42]", () => {
  vi.stubEnv("DAYBOOK_SKIP_ERRORS", "perhaps")
  expect(() => optionsOf([])).toThrow(BadInput)
})

test.each(["65536", "-1", "4000.5", "http"])("%s is no port", port => {
  expect(() => optionsOf(["--port", port])).toThrow(/from 0 to 65535/)
})

test("names are given at once or one after the other", () => {
  expect(optionsOf(["--types", "A, B", "--types", "C"])["types"]).toEqual(["A", "B", "C"])
  expect(() => optionsOf(["--types", ","])).toThrow(/names with commas/)
})

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { openEnd } from "../../src/cli/move/ends.ts"
import { erasePerson, erasingSchema } from "../adapters/erasing.ts"
import { daybook, folder } from "./binary.ts"

test("an export and what is made from it have nothing that was erased before, and are sound [X19]", async () => {
  const place = folder()
  const [data, made, file, app] = [
    join(place, "a"),
    join(place, "b"),
    join(place, "e.jsonl"),
    join(place, "s.json"),
  ] as const
  writeFileSync(app, JSON.stringify(erasingSchema))
  const store = await openEnd(data, "own")
  await erasePerson(store)
  await store.close()
  const run = async (...args: string[]) => {
    const ran = await daybook(args)
    expect([args, ran.err, ran.code]).toEqual([args, expect.anything(), 0])
    return ran.out
  }
  const printed = await run("export", "--data", data)
  expect(printed).not.toMatch(/Penelope|Penny|pen@/)
  expect(printed).toContain("Quentin II")
  writeFileSync(file, printed)
  await run("import", file, "--app", app, "--data", made)
  expect(await run("export", "--data", made)).toBe(printed)
  for (const which of [data, made]) await run("verify", "--app", app, "--data", which)
})

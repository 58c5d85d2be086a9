import { mkdirSync, readFileSync, symlinkSync } from "node:fs"
import { join, resolve } from "node:path"
import { expect, test } from "vitest"
import { daybook, folder, root, served } from "./binary.ts"

test("a new app passes its tests, is served, and can be read again [N57]", async () => {
  const dir = join(folder(), "shed")
  const made = await daybook(["new", dir])
  expect(made).toMatchObject({ code: 0, err: "" })
  const { name, scripts, dependencies } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as {
    name: string
    scripts: unknown
    dependencies: { daybook: string }
  }
  expect({ name, scripts }).toEqual({
    name: "shed",
    scripts: { start: "daybook serve app.ts --dev", test: "daybook test" },
  })
  expect(resolve(dir, dependencies.daybook.replace("file:", ""))).toBe(resolve(root))
  // What `npm install` makes of such a dependency.
  mkdirSync(join(dir, "node_modules"))
  symlinkSync(root, join(dir, "node_modules", "daybook"))

  const [tests, server] = await Promise.all([
    daybook(["test"], { cwd: dir }),
    served(["app.ts", "--dev"], { cwd: dir }),
  ])
  expect(tests.out).toMatch(/pass 6\n.*fail 0\n/s)
  expect(tests.code).toBe(0)
  const drill = await fetch(`${server.url}/streams/Tool/drill`).then(answer => answer.json())
  expect(drill).toMatchObject({ version: 3 })
  expect(await server.stop()).toEqual({ code: 0, err: "" })

  const rebuilt = await daybook(["rebuild", "--app", "app.ts", "--json"], { cwd: dir })
  expect(JSON.parse(rebuilt.out)).toEqual({ name: "who-has-what", version: 1, t: 4 })
  const verified = await daybook(["verify", "--app", "app.ts"], { cwd: dir })
  expect(verified.out).toMatch(/^clean: 4 transactions/)
})

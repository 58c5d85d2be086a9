import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { benchApp } from "../app.ts"
import { closedLoop, emptyFolder, type Bench } from "../harness.ts"
import { add, change, fill, opened } from "../opened.ts"

const folder = fileURLToPath(new URL("../peers/", import.meta.url))

/** Others beside ours, in one run. They are installed apart: npm run bench:peers. */
export const peers: Bench = {
  name: "peers",
  says: "emmett-sqlite beside ours: bare appends against whole commands",
  async run(say) {
    if (!existsSync(`${folder}node_modules/sqlite3`)) {
      return say({ figure: "peers", value: 0, unit: "", note: "not installed: npm run bench:peers installs them" })
    }
    const theirs = emmettFigures()
    for (const callers of [1, 16]) {
      const daybook = await opened(benchApp, emptyFolder("peers"))
      const load = await closedLoop(callers, 4, i => add(daybook, "Plain", i))
      await daybook.close()
      const peer = theirs.get(`append, ${callers} callers`) ?? NaN
      say({
        figure: `create, ${callers} callers, beside a bare append`,
        value: load.perSecond,
        unit: "commands/s",
        peers: { "emmett-sqlite": peer },
      })
    }
    const daybook = await opened(benchApp, emptyFolder("peers"))
    await fill(daybook, "Plain", 100)
    for (let round = 1; round < 100; round++)
      await Promise.all(Array.from({ length: 100 }, (_, i) => change(daybook, "Plain", i, round)))
    const load = await closedLoop(1, 4, i => change(daybook, "Plain", i % 100, i))
    await daybook.close()
    const peer = theirs.get("command on 100 events, 1 caller") ?? NaN
    say({
      figure: "commands on entities with 100 events, 1 caller",
      value: load.perSecond,
      unit: "commands/s",
      peers: { "emmett-sqlite": peer },
    })
  },
}

function emmettFigures(): ReadonlyMap<string, number> {
  const { stdout } = spawnSync(process.execPath, ["emmett-sqlite.mjs"], {
    cwd: folder,
    encoding: "utf8",
    timeout: 120_000,
  })
  const lines = stdout.trim().split("\n").filter(Boolean)
  return new Map(lines.map(line => JSON.parse(line) as { figure: string; value: number }).map(f => [f.figure, f.value]))
}

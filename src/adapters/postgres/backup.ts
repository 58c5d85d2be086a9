import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { open, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { Refusal } from "../../kernel/refusal.ts"

// A program that says more than this to say that it failed is cut short.
const complaintCharsMax = 2_000

/**
 * Copies the schema to a new file with pg_dump, in its custom format: pg_restore reads it. It sees one moment, while
 * everything goes on. The copy has its name only once it is whole and on the disk.
 */
export async function backupTo(
  target: string,
  { url, schema }: { url: string; schema: string },
  place: string,
): Promise<void> {
  if (existsSync(target)) {
    throw new Refusal("conflict", `The file ${target} is there already: a backup overwrites nothing`, { path: target })
  }
  const unfinished = `${target}.unfinished`
  try {
    await rm(unfinished, { force: true })
    await dump(["--format=custom", `--schema=${schema}`, `--file=${unfinished}`], url)
    await sync(unfinished)
    await rename(unfinished, target)
    await sync(dirname(target))
  } catch (error) {
    await rm(unfinished, { force: true })
    throw refused(error, target, schema, place)
  }
}

// The address goes by the environment: the arguments of a program can be read by all who are on the machine.
async function dump(args: readonly string[], url: string): Promise<void> {
  const child = spawn("pg_dump", [...args, "--no-password"], {
    env: { ...process.env, ...environmentOf(url) },
    stdio: ["ignore", "ignore", "pipe"],
  })
  let complaint = ""
  child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(0, complaintCharsMax)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  if (code !== 0) throw new Error(complaint.trim() || `pg_dump ended with ${code}`)
}

function environmentOf(url: string): Record<string, string> {
  const { hostname, port, pathname, username, password, searchParams } = new URL(url)
  const said: Record<string, string> = {
    PGHOST: searchParams.get("host") ?? decodeURIComponent(hostname),
    PGPORT: port || (searchParams.get("port") ?? ""),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGUSER: decodeURIComponent(username) || (searchParams.get("user") ?? ""),
    PGPASSWORD: decodeURIComponent(password),
    PGSSLMODE: searchParams.get("sslmode") ?? "",
    PGSSLROOTCERT: searchParams.get("sslrootcert") ?? "",
    PGSSLCERT: searchParams.get("sslcert") ?? "",
    PGSSLKEY: searchParams.get("sslkey") ?? "",
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ""))
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function refused(error: unknown, path: string, schema: string, place: string): Refusal {
  const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT" && "syscall" in error
  const why =
    isMissing && String(error.syscall).startsWith("spawn")
      ? `pg_dump is not on this machine; run it where it is: pg_dump --format=custom --schema=${schema} --file=${path} <address>, ` +
        "or copy the whole server: pg_basebackup --pgdata=<folder> --dbname=<address> --checkpoint=fast"
      : error instanceof Error
        ? error.message
        : String(error)
  const refusal = new Refusal("unavailable", `No backup of ${place} could be written to ${path}: ${why}`, { path })
  refusal.cause = error
  return refusal
}

import type pg from "pg"
import { Refusal } from "../../kernel/refusal.ts"
import { stateOf } from "./errors.ts"

/** How to reach a database. */
export type Address = {
  readonly url: string
  /** The quoted schema. */
  readonly schema: string
  readonly poolMax: number
  readonly statementTimeoutMs: number
}

/** What the driver is told. Without options where a pooler takes none. */
export function configOf(
  { url, statementTimeoutMs }: Address,
  { useOptions }: { useOptions: boolean },
): pg.ClientConfig {
  const options = [
    `-c statement_timeout=${statementTimeoutMs}`,
    `-c idle_in_transaction_session_timeout=${statementTimeoutMs}`,
    // Every question has its index. Plans are kept, and one that was made for an empty table would go on reading it
    // from end to end when it is full.
    "-c enable_seqscan=off",
    "-c enable_bitmapscan=off",
    "-c enable_sort=off",
    "-c enable_hashjoin=off",
    "-c enable_mergejoin=off",
    "-c enable_material=off",
    "-c plan_cache_mode=force_generic_plan",
    "-c jit=off",
  ].join(" ")
  return {
    connectionString: withLibpqMeaning(url),
    application_name: "daybook",
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    // If the server says nothing at all, not even that the time is over.
    query_timeout: statementTimeoutMs + 5_000,
    ...(useOptions ? { options } : {}),
  }
}

/** `sslmode` means what PostgreSQL's manual says it means. */
function withLibpqMeaning(url: string): string {
  if (!/[?&]sslmode=/.test(url) || /[?&]uselibpqcompat=/.test(url)) return url
  return `${url}&uselibpqcompat=true`
}

/** Whether an error says that whoever is between takes no options. */
export function isAboutOptions(error: unknown): boolean {
  return stateOf(error) === "08P01" && error instanceof Error && /unsupported startup parameter/i.test(error.message)
}

/** An address without its password, for people. */
export function placeOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url)
    const host = hostname || searchParams.get("host") || "localhost"
    return `${decodeURIComponent(pathname.slice(1)) || "postgres"} at ${host}${port === "" ? "" : `:${port}`}`
  } catch {
    throw new Refusal("unavailable", "The address of the database is not one: postgres://user:password@host:5432/name")
  }
}

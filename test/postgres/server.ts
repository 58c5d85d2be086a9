import type { TestProject } from "vitest/node"
import { startPostgres } from "../../src/testing/postgres-server.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** The address of the server that all these tests share. */
    postgres: string | { skipped: string }
  }
}

/** Starts one server for all files of the project, if one can run here. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: { max_connections: "200" } })
  if ("skipped" in server) {
    project.provide("postgres", server)
    return async () => {}
  }
  project.provide("postgres", server.url())
  return async () => server.remove()
}

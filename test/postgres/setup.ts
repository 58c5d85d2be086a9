import { afterEach, beforeEach, inject } from "vitest"
import { closeTestStores, testStoreVariable } from "../../src/testing/test-store.ts"

const server = inject("postgres")

if (typeof server === "string") {
  process.env[testStoreVariable] = server
  afterEach(closeTestStores)
} else {
  beforeEach(context => context.skip(server.skipped))
}

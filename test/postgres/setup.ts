import { afterAll, afterEach, beforeEach, inject } from "vitest"
import { closeTestStores, openTestStores, testStoreVariable } from "../../src/testing/test-store.ts"

const server = inject("postgres")

if (typeof server === "string") {
  process.env[testStoreVariable] = server
  // What a whole file shares stays open from test to test.
  let shared = openTestStores()
  beforeEach(() => void (shared = openTestStores()))
  afterEach(async () => closeTestStores(shared))
  afterAll(async () => closeTestStores())
} else {
  beforeEach(context => context.skip(server.skipped))
}

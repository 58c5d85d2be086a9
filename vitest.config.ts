import { defineConfig } from "vitest/config"

// The tests of every day. What takes minutes (faults, load, long simulations) lies in test/long and has its own file.
// What a store could make a difference to is tried twice: in memory and on files, and on a PostgreSQL server.
export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    // Nothing happens at import and parts are handed in, so files of tests share what is loaded: half the time of most.
    isolate: false,
    passWithNoTests: true,
    setupFiles: ["test/setup.ts"],
    // Processes start and end in tests, on a machine that may be busy with others.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "sqlite",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: [
            "**/node_modules/**",
            "test/long/**",
            "test/adapters/postgres/**",
            "test/workflows/{leased,shared}.test.ts",
          ],
        },
      },
      {
        extends: true,
        test: {
          name: "postgres",
          include: [
            "test/adapters/postgres/**/*.test.ts",
            "test/app/**/*.test.ts",
            "test/cli/move/**/*.test.ts",
            "test/commands/**/*.test.ts",
            "test/queries/**/*.test.ts",
            "test/security/stores.test.ts",
            "test/testing/app.test.ts",
            "test/workflows/{crashes,first,leased,races,rights,shared,versions}.test.ts",
            "examples/**/*.test.ts",
          ],
          // What no store is asked, or only what is asked of one that is in this process.
          exclude: [
            "**/node_modules/**",
            "test/queries/{budget,refusals}.test.ts",
            "test/queries/live/{differences,interest,live,topics}.test.ts",
          ],
          globalSetup: ["test/postgres/server.ts"],
          setupFiles: ["test/postgres/setup.ts"],
        },
      },
    ],
  },
})

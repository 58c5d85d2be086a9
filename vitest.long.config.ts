import { defineConfig } from "vitest/config"

// One file at a time: these tests measure, kill and restart, and would disturb each other.
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    environment: "node",
    pool: "forks",
    fileParallelism: false,
    setupFiles: ["test/setup.ts"],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    passWithNoTests: true,
  },
})

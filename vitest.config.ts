import { defineConfig } from "vitest/config"

// The tests of every day. What takes minutes (faults, load, long simulations) lies in test/long and has its own file.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/long/**"],
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    passWithNoTests: true,
  },
})

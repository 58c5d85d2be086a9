import { expect, test } from "vitest"
import { systemMetrics } from "../../../src/adapters/node/metrics.ts"

test("what is counted, set and timed is shown in Prometheus's text, under names that begin with daybook_", async () => {
  const metrics = systemMetrics()
  metrics.count("commands_total", { state: "succeeded" })
  metrics.count("commands_total", { state: "succeeded" }, 2)
  metrics.count("commands_total", { state: "rejected" })
  metrics.count("conflicts_total")
  metrics.gauge("feeds_open", 4)
  metrics.gauge("feeds_open", 3)
  metrics.time("command_seconds", 0.000_2, { type: "Put" })
  metrics.time("command_seconds", 30, { type: "Put" })

  const lines = (await metrics.text()).split("\n")
  expect(lines).toEqual(
    expect.arrayContaining([
      "# TYPE daybook_commands_total counter",
      'daybook_commands_total{state="succeeded"} 3',
      'daybook_commands_total{state="rejected"} 1',
      "daybook_conflicts_total 1",
      "daybook_feeds_open 3",
      'daybook_command_seconds_bucket{le="0.0001",type="Put"} 0',
      'daybook_command_seconds_bucket{le="0.00025",type="Put"} 1',
      'daybook_command_seconds_bucket{le="10",type="Put"} 1',
      'daybook_command_seconds_bucket{le="+Inf",type="Put"} 2',
      'daybook_command_seconds_count{type="Put"} 2',
    ]),
  )
  expect(metrics.contentType).toContain("text/plain")
})

test("two registries of one process know nothing of each other", async () => {
  const [a, b] = [systemMetrics(), systemMetrics()]
  a.count("x_total")
  expect(await b.text()).not.toContain("daybook_x_total")
  b.count("x_total", {}, 5)
  expect(await a.text()).toContain("daybook_x_total 1\n")
})

test("the process is shown as well where that is asked for", async () => {
  expect(await systemMetrics({ ofProcess: true }).text()).toContain("process_resident_memory_bytes")
  expect(await systemMetrics().text()).not.toContain("process_resident_memory_bytes")
})

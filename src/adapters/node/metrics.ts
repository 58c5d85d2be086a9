import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client"
import type { Metrics } from "../../ports/metrics.ts"

/** Metrics that can be read as Prometheus reads them. */
export type SystemMetrics = Metrics & {
  /** Everything counted so far, in Prometheus's text format. */
  text(): Promise<string>
  /** The media type of that text. */
  readonly contentType: string
}

type Labels = Readonly<Record<string, string>>

// From a command that touches memory only (about 50 µs) to a request that is given up on (10 s).
const secondsBuckets = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

/**
 * Counts in a registry of its own, under names that begin with `daybook_`. With `ofProcess` it shows the process's
 * memory, processor time and event loop as well, under the names that dashboards know: once per process, watched from when
 * they are first asked for.
 */
export function systemMetrics({ ofProcess = false }: { readonly ofProcess?: boolean } = {}): SystemMetrics {
  const registry = new Registry()
  // Not before somebody asks: watching the event loop wakes an idle process a hundred times a second.
  let isProcessWatched = !ofProcess

  // A metric comes into being when it is first named, with the labels it then has.
  const options = (name: string, labels: Labels) => ({
    name: `daybook_${name}`,
    help: sentence(name),
    labelNames: Object.keys(labels),
    registers: [registry],
  })
  const counters = new Map<string, Counter>()
  const gauges = new Map<string, Gauge>()
  const histograms = new Map<string, Histogram>()

  return {
    contentType: registry.contentType,
    text() {
      if (!isProcessWatched) collectDefaultMetrics({ register: registry })
      isProcessWatched = true
      return registry.metrics()
    },
    count(name, labels = noLabels, by = 1) {
      made(counters, name, () => new Counter(options(name, labels))).inc(labels, by)
    },
    gauge(name, value, labels = noLabels) {
      made(gauges, name, () => new Gauge(options(name, labels))).set(labels, value)
    },
    time(name, seconds, labels = noLabels) {
      made(histograms, name, () => new Histogram({ ...options(name, labels), buckets: secondsBuckets })).observe(
        labels,
        seconds,
      )
    },
  }
}

const noLabels: Labels = {}

function made<Metric>(all: Map<string, Metric>, name: string, make: () => Metric): Metric {
  const known = all.get(name)
  if (known !== undefined) return known
  const metric = make()
  all.set(name, metric)
  return metric
}

// The name, read aloud: what it counts is said where it is counted.
function sentence(name: string): string {
  const words = name.replaceAll("_", " ")
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

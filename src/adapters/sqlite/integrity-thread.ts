// What the thread runs that looks for damage: see `integrity.ts`.
import { parentPort, workerData } from "node:worker_threads"
import { damagesIn } from "./integrity.ts"
import { openFile } from "./open.ts"

parentPort?.postMessage(damagesOf(String(workerData)))

function damagesOf(path: string): string[] {
  try {
    const file = openFile({ path, readonly: true })
    try {
      return damagesIn(file.db)
    } finally {
      file.close()
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

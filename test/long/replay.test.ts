import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { replay } from "../../examples/loans/replay.ts"

const log = fileURLToPath(new URL("../../../shared/data/bpic2012.xes.gz", import.meta.url))

test.skipIf(!existsSync(log))(
  "lived through again, each case of the bank ends as its log ends it, or it is counted why not (needs ../shared/data/bpic2012.xes.gz) [W22 W43 W53]",
  async () => {
    const { lines, cases, same, others, days } = await replay(log)
    expect({ lines, cases, days }).toEqual({ lines: 262_200, cases: 13_087, days: 166 })
    expect(others).toEqual({
      "cancelled here after thirty days of silence, when the log ends before that": 5,
      "cancelled here after thirty days of silence; the bank waited longer, and it was declined": 4,
      "cancelled here after thirty days of silence; the bank waited longer, and it was granted": 6,
    })
    expect(same).toBe(13_072)
  },
  900_000,
)

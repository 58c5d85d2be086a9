import { expect, test } from "vitest"
import { play } from "../workflows/playing.ts"

test("every instance ends as it would have, whichever commit was the last before a crash [W22 W47 W49 L22]", async () => {
  const whole = await play()
  for (let n = 1; n <= whole.count; n++) {
    expect((await play({ lastCommit: n })).told, `the ${n}th commit was the last`).toEqual(whole.told)
  }
})

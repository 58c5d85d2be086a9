import { benchApp } from "/work/main/bench/app.ts"
import { closedLoop, emptyFolder } from "/work/main/bench/harness.ts"
import { add, opened } from "/work/main/bench/opened.ts"
for (let round = 0; round < 3; round++) {
  for (const callers of [16, 256]) {
    const daybook = await opened(benchApp, emptyFolder("create"))
    const load = await closedLoop(callers, 2, i => add(daybook, "Plain", i))
    await daybook.close()
    console.log(callers, Math.round(load.perSecond))
  }
}

import { describe, expect, test } from "vitest"
import { Copy } from "../../../src/cli/move/copy.ts"
import { prepareTarget } from "../../../src/cli/move/target.ts"
import { erasePerson } from "../../adapters/erasing.ts"
import { contents, newEnd, opened, ways } from "./ends.ts"

describe.each(ways)("from %s to %s", (here, there) => {
  test("what was erased stays so, with the hashes that it had [X19 N6]", async () => {
    const [from, to] = [newEnd(here), newEnd(there)]
    const source = await opened(from)
    await erasePerson(source)
    const target = await opened(to)
    await prepareTarget(source, target)
    const copy = await Copy.behind(source, target)
    while (await copy.step());
    for await (const finding of target.maintenance.verify()) expect(finding).toBeNull()
    await Promise.all([source.close(), target.close()])
    const [before, after] = [await contents(from), await contents(to)]
    expect([after.transactions, after.commands, after.chain]).toEqual([
      before.transactions,
      before.commands,
      before.chain,
    ])
  })
})

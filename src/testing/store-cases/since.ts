import type { Json } from "../../kernel/json.ts"
import { same, storeCase, upTo, type StoreCase } from "../store-case.ts"
import { writer } from "../writes.ts"
import { asking, keysOf, note, pairs, tag } from "./asking.ts"

/** What has come to be true since some t. */
export const sinceCases: readonly StoreCase[] = [
  storeCase("since a t, a value counts when it was not there then, or went and came back", async stage => {
    const write = writer()
    const said = (values: Json) => ({ tag: values, note: values })
    await stage.done(write.put("a", said(["x", "y"])), write.put("a", said("y")), write.put("b", said("y")))
    await stage.done(write.put("a", said(["x", "y"])), write.put("b", null), write.put("b", said("y")))
    const [a, b] = await keysOf(stage, ["a", "b"])
    for (const attribute of [tag, note]) {
      const found = asking(stage, attribute)
      for (const filter of [
        {},
        { entities: [a!, b!] },
        { values: ["x", "y"] },
        { entities: [a!, b!], values: ["x", "y"] },
      ]) {
        same(await found(filter, 6, 0), pairs([a, "x"], [a, "y"], [b, "y"]))
        same(await found(filter, 6, 1), pairs([a, "x"], [b, "y"]))
        same(await found(filter, 6, 4), pairs([b, "y"]))
        same(await found(filter, 5, 3), pairs([a, "x"]))
        same(await found(filter, 6, 6), [])
      }
    }
  }),

  storeCase("since a t, however many versions there were in between, what stayed is left out", async stage => {
    const write = writer()
    const versions = upTo(250).map(i => write.put("a", { note: [i === 120 ? "else" : "back", "stays", i] }))
    await stage.done(...versions)
    const [a] = await keysOf(stage, ["a"])
    const found = asking(stage, note)
    same(await found({}, 250, 1), pairs([a, "back"], [a, 250]))
    same(await found({ entities: [a!] }, 250, 100), pairs([a, "back"], [a, 250]))
    same(await found({ entities: [a!] }, 250, 121), pairs([a, 250]))
    same(await found({ values: ["back", "stays"] }, 119, 1), [])
  }),
]

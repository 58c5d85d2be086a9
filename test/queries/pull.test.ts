import { describe, expect, test } from "vitest"
import { asked, portal, stores } from "./portal.ts"

describe.each(stores)("on %s", (_name, open) => {
  test("a pattern tells attributes, built-in ones, refs by their ids, and who points there [L67 L69 L71]", async () => {
    const app = await portal(open())
    const pull = ["title", "File/notes", "@id", "@type", "folder", "Document/_related", "colour", { folder: ["title"] }]
    expect(await asked(app, { pull, of: "budget" })).toEqual({
      title: "Budget",
      "File/notes": "Still a guess",
      "@id": "budget",
      "@type": "File",
      folder: { title: "Plans" },
    })
    expect(await asked(app, { pull: ["@t", "@createdT", { "Document/_folder": ["title"] }, "Share/_document"], of: "plans" })).toEqual({
      "@t": 1,
      "@createdT": 1,
      "Document/_folder": [{ title: "Budget" }, { title: "Diary" }],
      "Share/_document": ["plans-for-zenith"],
    })
    await app.close()
  })
})

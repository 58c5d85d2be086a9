import { expect, test } from "vitest"
import { conversationOf, historyOf, isHistory } from "../../src/kernel/history.ts"
import { isId } from "../../src/kernel/ids.ts"

test("the conversation of a log is known for what it is, however long its name is [N40]", () => {
  for (const name of ["a", "x".repeat(500), `${"x".repeat(192)}\u{1F600}`]) {
    expect(isHistory({ correlationId: historyOf(name) })).toBe(true)
    expect(isId(historyOf(name))).toBe(true)
  }
})

test("no command of today is taken for history, whatever its id is [N40]", () => {
  expect(conversationOf("c1")).toBe("c1")
  expect(isHistory({ correlationId: conversationOf("c1") })).toBe(false)
  expect(isHistory({ correlationId: conversationOf("import:a") })).toBe(false)
})

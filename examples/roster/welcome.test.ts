import { given, happened } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { command, event } from "./parts.ts"
import { welcome } from "./welcome.ts"

const period = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c01"

test("a student who is enrolled is welcomed, and so is nobody else [L23 N18 N19]", async () => {
  const enrolled = happened(event("StudentEnrolled", { student: "joe", period }), { to: "biology" })
  const { requests } = await given(welcome)
    .in(app)
    .when(enrolled)
    .thenSends(command("WelcomeStudent", "joe", { roster: "biology", period }))
    .thenNot("EnrollStudent")
  expect(requests).toHaveLength(1)
})

test("whoever is dropped is not welcomed [N19]", async () => {
  const dropped = given(welcome)
    .in(app)
    .when(event("StudentDropped", { student: "joe", period }))
  await expect(dropped).rejects.toThrow("does not hear it")
})

import { testApp, type TestApp } from "daybook/testing"
import app, { seed } from "./app.ts"

type Adapters = NonNullable<Parameters<typeof testApp>[1]>["adapters"]

/** The store on a Monday at noon, with what the seed brings, and a mail that is sent nowhere if no other is handed in. */
export async function store(start = "2030-01-07T12:00:00.000Z", adapters: Adapters = {}): Promise<TestApp> {
  const running = await testApp(app, { start, adapters })
  for (const { type, target, data } of seed) await running.ask({ type, target, data }, { as: "system" })
  await running.settle()
  return running
}

/** The subjects of all e-mails so far. */
export async function subjectsOf(running: TestApp): Promise<readonly unknown[]> {
  return (await running.events("EmailSent")).map(({ data }) => data["subject"])
}

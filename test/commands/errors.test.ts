import { describe, expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { acc, bankApp, handler, payTo, transfer } from "./bank.ts"
import { faultsOf, refusalOf, storeNames, World } from "./world.ts"

describe.each(storeNames)("on %s", name => {
  const begin = (thrown?: unknown) => {
    const bank = { pay: () => Promise.reject(thrown as Error) }
    return World.on(name, bankApp(thrown === undefined ? {} : { adapters: { bank } }))
  }

  test("a structural error is refused and recorded as no event, a business error as one, a technical one as none [X6 CP8]", async () => {
    const world = await begin(new TypeError("a bug"))
    const structural = await refusalOf(world.ask("Deposit", acc("a"), { amount: 0 }))
    expect([structural.code, (await world.events()).length]).toEqual(["invalid", 0])
    const business = await world.ask("Withdraw", acc("a"), { amount: 1 })
    expect([business.state, (await world.events()).length]).toEqual(["rejected", 1])
    const technical = await world.ask("Pay", payTo("p"), { to: "x", amount: 1 })
    expect([technical.state, (await world.events()).length]).toEqual(["failed", 1])
  })

  test("a refusal says every fault with its place; one entity is its target [CE7 N28]", async () => {
    const world = await begin()
    expect(await faultsOf(world.ask("Deposit", { type: "Nobody", id: "" }, { amount: 0, rest: 1 }))).toEqual([
      "/target/id id",
      "/data/rest additionalProperties",
      "/data/amount minimum",
    ])
    expect(await faultsOf(world.ask("Deposit", { type: "Nobody", id: "n" }, { amount: 1 }))).toEqual([
      "/target/type unknown-type",
    ])
    expect(await faultsOf(world.ask("Deposit", null, { amount: 1 }))).toEqual(["/target required"])
    expect(await faultsOf(world.ask("Transfer", acc("a"), { amount: 1 }))).toEqual(["/data/to required"])
  })

  test("an unknown command is refused, with those that are known [CP9 A7]", async () => {
    const world = await begin()
    const refusal = await refusalOf(world.ask("Dance", acc("a")))
    expect(refusal.code).toBe("unknown-command")
    expect(refusal.message).toContain("OpenAccount")
  })

  test("what is refused is kept for audit, takes no t and does not use up its id [X6 N44]", async () => {
    const world = await begin()
    await refusalOf(world.ask("Deposit", acc("a"), { amount: 0 }, { id: "d", as: "bob" }))
    expect(await world.daybook.command("d")).toEqual({
      id: "d",
      type: "Deposit",
      actor: "bob",
      code: "invalid",
      sentence: expect.stringContaining("/data/amount"),
      faults: [{ path: "/data/amount", code: "minimum", message: expect.any(String) }],
      data: { amount: 0 },
      at: world.clock.iso(),
    })
    expect(await world.daybook.basis()).toBe(0)
    expect((await world.ask("Deposit", acc("a"), { amount: 1 }, { id: "d" })).t).toBe(1)
    expect((await world.instance("d")).state).toBe("succeeded")
  })

  test("what would make an entity that the schema forbids is refused as a whole [L79]", async () => {
    const world = await begin()
    expect(await faultsOf(world.ask("Misbehave", acc("a"), { how: "bad state" }))).toEqual(["/owner maxLength"])
    expect(await world.events()).toEqual([])
  })

  test("what is sensitive is not in what is kept of a command, of a refusal or of a failure [CE8]", async () => {
    const world = await begin()
    const data = { password: "s3cret", hints: [{ question: "pet", answer: "s3cret" }] }
    await world.ask("SetPassword", acc("a"), data, { id: "ok" })
    await refusalOf(world.ask("SetPassword", acc("a"), data, { id: "no", expectedVersion: 9 }))
    await refusalOf(world.ask("SetPassword", acc("a"), { ...data, hints: 7 }, { id: "bad" }))
    const kept = await Promise.all(["ok", "no", "bad"].map(id => world.daybook.command(id)))
    expect(JSON.stringify(kept)).not.toContain("s3cret")
    expect((await world.instance("ok")).command.data).toEqual({
      password: "(redacted)",
      hints: [{ question: "pet", answer: "(redacted)" }],
    })
    expect(JSON.stringify(world.journal)).not.toContain("s3cret")
    expect((await world.events())[0]?.data).toEqual({ digest: "#6" })
  })

  test("a handler is not run without what was sensitive and is gone with the process: it fails, and says so [CE8 W22]", async () => {
    const seen: unknown[] = []
    const set = handler("SetPassword", async ({ data }) => {
      seen.push(data.password)
      await new Promise(() => {})
    })
    const app = bankApp({ handlers: [transfer, set, handler("Pay", () => {})] })
    const [account] = app.aggregates
    const { SetPassword: _decided, ...decide } = account!.decide
    const world = await World.on(name, { ...app, aggregates: [{ ...account!, decide }, app.aggregates[1]!] })
    await Promise.all([
      world.ask("SetPassword", acc("a"), { password: "s3cret" }, { id: "p", waitMs: 0 }),
      world.clock.advance(1),
    ])
    await world.restart()
    await world.daybook.drain()
    expect(seen).toEqual(["s3cret"])
    expect(await world.instance("p")).toMatchObject({ state: "failed", error: { class: "dev" } })
  })

  test("a handler's refusal is the sender's own fault: it fails at once, with its code [CP8 TR1]", async () => {
    const world = await begin(new Refusal("forbidden", "Not with this bank", { bank: 1 }))
    const outcome = await world.ask("Pay", payTo("p"), { to: "x", amount: 1 })
    expect(outcome).toMatchObject({
      state: "failed",
      error: { class: "user", code: "forbidden", message: "Not with this bank", facts: { bank: 1 } },
    })
  })

  test("a failing command raises to who asked, not to others; the loop goes on [A11 CP8]", async () => {
    const world = await begin(new RangeError("a bug"))
    const [bad, good] = await Promise.all([
      world.ask("Pay", payTo("p"), { to: "x", amount: 1 }),
      world.ask("Deposit", acc("a"), { amount: 1 }),
    ])
    expect([bad.state, good.state]).toEqual(["failed", "succeeded"])
  })

  test("every command's end and how long it took can be counted [A12]", async () => {
    const world = await begin()
    await world.ask("Deposit", acc("a"), { amount: 1 })
    await world.ask("Withdraw", acc("a"), { amount: 9 })
    expect(world.counted.get("commands_total succeeded")).toBe(1)
    expect(world.counted.get("commands_total rejected")).toBe(1)
    expect(world.counted.get("command_seconds")).toBe(2)
  })
})

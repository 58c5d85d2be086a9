import { daybook } from "../../src/app/define.ts"
import type { Aggregate } from "../../src/kernel/aggregate.ts"
import type { App } from "../../src/kernel/app.ts"
import type { CommandHandler, Maybe, UnitOfWork } from "../../src/kernel/handler.ts"
import type { Json } from "../../src/kernel/json.ts"
import { event, reject, type Command } from "../../src/kernel/message.ts"

export { event, reject } from "../../src/kernel/message.ts"

const amount = {
  type: "object",
  properties: { amount: { type: "integer", minimum: 1 } },
  required: ["amount"],
  additionalProperties: false,
} as const
const person = { type: "object", properties: { first: { type: "string" }, last: { type: "string" } } } as const
const payment = {
  type: "object",
  properties: { to: { type: "string" }, amount: { type: "integer", minimum: 1 } },
  required: ["to", "amount"],
} as const

/** Rules by which whoever asks may do everything. */
export const open = {
  assign: [{ group: "anybody", when: true }],
  permissions: { read: "anybody", write: "anybody" },
} as const

/** Accounts that code decides about, and payments between them. */
export const schema = {
  daybook: 1,
  name: "bank",
  version: 3,
  groups: { anybody: {} },
  entities: {
    Account: {
      ...open,
      attributes: {
        owner: { type: "string", maxLength: 20 },
        balance: { type: "integer", default: 0 },
        number: { type: "string", unique: "identity" },
        labels: { type: "string", many: true },
      },
    },
    Payment: { ...open, attributes: { amount: { type: "integer" }, receipt: { type: "string" } } },
  },
  commands: {
    OpenAccount: {
      target: "Account",
      data: { type: "object", properties: { owner: person, number: { type: "string" } } },
    },
    Deposit: { target: "Account", data: amount },
    Withdraw: { target: "Account", data: amount },
    WithdrawTwice: { target: "Account", data: amount },
    Label: { target: "Account", data: { type: "object", properties: { labels: { type: "array" } } } },
    CloseAccount: { target: "Account" },
    Misbehave: {
      target: "Account",
      data: { type: "object", properties: { how: { type: "string" } }, required: ["how"] },
    },
    Transfer: { target: "Account", data: payment },
    Pay: { target: "Payment", data: payment },
    SetPassword: {
      target: "Account",
      data: { type: "object", properties: { password: { type: "string" }, hints: { type: "array" } } },
      sensitive: ["/password", "/hints/-/answer"],
    },
  },
  events: {
    AccountOpened: {
      stream: "Account",
      data: {
        type: "object",
        properties: { owner: { type: "string" }, number: { type: "string" } },
        required: ["owner"],
      },
    },
    Deposited: { stream: "Account", data: amount },
    Withdrawn: { stream: "Account", data: amount },
    Labelled: { stream: "Account", data: { type: "object", properties: { labels: { type: "array" } } } },
    AccountClosed: { stream: "Account" },
    PasswordSet: { stream: "Account", data: { type: "object", properties: { digest: { type: "string" } } } },
    Overdrawn: { stream: "Account", data: { type: "object" }, rejection: true },
    AlreadyOpen: { stream: "Account", rejection: true },
    Paid: { stream: "Payment", data: { type: "object" } },
  },
}

type Needs = {
  readonly command: Command
  readonly data: { readonly to: string; readonly amount: number; readonly password?: string }
  readonly uow: UnitOfWork
  readonly key: string
  readonly bank: { pay(to: string, amount: number, key: string): Promise<string> }
}

/** A handler of the bank's, by what it may ask for. */
export const handler = (type: string, run: (needs: Needs) => Maybe<Json | void>): CommandHandler => ({
  kind: "handler",
  type,
  run,
})

export const aggregate = (type: string, said: Pick<Aggregate, "decide" | "evolve">): Aggregate => ({
  kind: "aggregate",
  type,
  ...said,
})

/** What bad code may do in a decision. */
const misdeeds: Readonly<Record<string, () => never[]>> = {
  throw: () => {
    throw new Error("No idea")
  },
  mix: () => [event("Deposited", { amount: 1 }), reject("Overdrawn", {})] as never[],
  "bad data": () => [{ type: "Deposited", data: { amount: "much" }, rejection: false }] as never[],
  "bad state": () => [event("AccountOpened", { owner: "a name that is longer than it may be" })] as never[],
  "unknown event": () => [{ type: "Sneezed", data: {}, rejection: false }] as never[],
  "foreign event": () => [event("Paid", {})] as never[],
  nonsense: () => [undefined] as never[],
  "no list": () => undefined as never,
  flood: () => Array.from({ length: 5_000 }, () => event("Deposited", { amount: 1 })) as never[],
}

const capital = (name: string | undefined) => `${name?.slice(0, 1).toUpperCase() ?? ""}${name?.slice(1) ?? ""}`

type State = { readonly owner?: string; readonly balance?: number; readonly labels: readonly string[] }
type Amount = { readonly amount: number }
type Labels = { readonly labels: readonly string[] }

export const account = aggregate("Account", {
  decide: {
    OpenAccount: (
      { owner, number }: { owner?: { first?: string; last?: string }; number?: string },
      _state,
      { exists },
    ) =>
      exists
        ? reject("AlreadyOpen", {})
        : event("AccountOpened", {
            owner: [owner?.first, owner?.last].filter(Boolean).map(capital).join(" "),
            ...(number === undefined ? {} : { number }),
          }),
    Deposit: (data: Amount) => event("Deposited", data),
    Withdraw: ({ amount }: Amount, { balance = 0 }: State) =>
      amount > balance ? reject("Overdrawn", { balance, amount }) : event("Withdrawn", { amount }),
    WithdrawTwice: ({ amount }: Amount) => [event("Withdrawn", { amount }), event("Withdrawn", { amount })],
    Label: ({ labels }: Labels, state: State) => {
      const news = labels.filter(label => !state.labels.includes(label))
      return news.length === 0 ? [] : event("Labelled", { labels: news })
    },
    CloseAccount: (_data, _state, { exists }) => (exists ? event("AccountClosed", {}) : []),
    Misbehave: ({ how }: { how: string }) => misdeeds[how]!(),
    SetPassword: ({ password }: { password?: string }) => event("PasswordSet", { digest: `#${password?.length}` }),
  },
  evolve: {
    AccountOpened: (state: State, said: { owner: string; number?: string }) => ({ ...state, ...said }),
    Deposited: (state: State, { amount }: Amount) => ({ ...state, balance: (state.balance ?? 0) + amount }),
    Withdrawn: (state: State, { amount }: Amount) => ({ ...state, balance: (state.balance ?? 0) - amount }),
    Labelled: (state: State, { labels }: Labels) => ({ ...state, labels: [...state.labels, ...labels] }),
    AccountClosed: () => null,
    PasswordSet: (state: State) => state,
  },
})

/** Moves money between two accounts in one unit of work. */
export const transfer = handler("Transfer", async ({ command, data, uow }) => {
  const from = command.target!.id
  await uow.decide("Account", from, { type: "Withdraw", data: { amount: data.amount } })
  await uow.decide("Account", data.to, { type: "Deposit", data: { amount: data.amount } })
  return { moved: data.amount }
})

/** Pays by a bank that is elsewhere. */
export const pay = handler("Pay", async ({ command, data, uow, bank, key }) => {
  const receipt = await bank.pay(data.to, data.amount, key)
  await uow.record(command.target!, event("Paid", { receipt }))
  return { receipt }
})

/** The bank, with what a test puts in the place of its parts. */
export function bankApp(parts: { handlers?: readonly CommandHandler[]; adapters?: Record<string, unknown> } = {}): App {
  const { handlers = [transfer, pay], adapters = { bank: { pay: async () => "r-1" } } } = parts
  const payments = aggregate("Payment", {
    decide: {},
    evolve: { Paid: (state: object, { receipt }: { receipt?: string }) => ({ ...state, receipt: String(receipt) }) },
  })
  return daybook({ schema, aggregates: [account, payments], handlers, adapters })
}

export const acc = (id: string) => ({ type: "Account", id })
export const payTo = (id: string) => ({ type: "Payment", id })

import { isDeepStrictEqual } from "node:util"
import { fail } from "./given/failure.ts"

/** One call of something outside. The method is a path, `client.send`; "" where the adapter itself is a function. */
export type Call = { readonly method: string; readonly args: readonly unknown[] }

/** An adapter that is watched. */
export type Spy<Adapter> = {
  /** The adapter, to be handed in: does what it did before, and is watched. */
  readonly adapter: Adapter
  /** Every call so far, in order. */
  readonly calls: readonly Call[]
  /** Fails unless the method was called; with arguments, unless it was once called with just those at its beginning. */
  called(method: string, ...args: readonly unknown[]): void
  /** Fails if it was called at all, or the method. */
  notCalled(method?: string): void
  /** Fails unless it was called so many times. */
  calledTimes(times: number): void
}

/** Watches what is asked of an adapter. Without one, it is a fake that takes every call and answers nothing. */
export function spy<Adapter>(name: string, adapter?: Adapter): Spy<Adapter> {
  const calls: Call[] = []
  const note = (method: string, args: readonly unknown[]) => void calls.push({ method, args })
  const seen = () => calls.map(callText).join("\n") || "no call"
  return {
    // A fake stands in for whatever it is handed to.
    adapter: (adapter === undefined ? fake("", note) : watched(adapter, "", note)) as Adapter,
    calls,
    called(method, ...args) {
      const found = calls.some(c => c.method === method && isDeepStrictEqual(c.args.slice(0, args.length), args))
      if (!found)
        fail(
          `The adapter ${name} was not called so`,
          args.length === 0 ? `${method}(…)` : callText({ method, args }),
          seen(),
        )
    },
    notCalled(method) {
      const found = calls.some(call => method === undefined || call.method === method)
      if (found)
        fail(`The adapter ${name} was called`, method === undefined ? "no call" : `no call of ${method}`, seen())
    },
    calledTimes(times) {
      if (calls.length !== times) fail(`The adapter ${name} was called ${calls.length} times`, `${times} calls`, seen())
    },
  }
}

type Note = (method: string, args: readonly unknown[]) => void

function watched(part: unknown, path: string, note: Note): unknown {
  if (typeof part !== "function" && (typeof part !== "object" || part === null)) return part
  return new Proxy(part, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      if (typeof key === "symbol") return member
      const inner = pathTo(path, key)
      if (typeof member !== "function") return watched(member, inner, note)
      return (...args: unknown[]) => {
        note(inner, args)
        return Reflect.apply(member, target, args) as unknown
      }
    },
    apply(target, self, args: unknown[]) {
      note(path, args)
      // Only functions get here.
      return Reflect.apply(target as (...args: unknown[]) => unknown, self, args)
    },
  })
}

function fake(path: string, note: Note): unknown {
  return new Proxy(() => {}, {
    // It is no promise: whoever awaits it gets the fake itself.
    get: (_target, key) => (typeof key === "symbol" || key === "then" ? undefined : fake(pathTo(path, key), note)),
    apply(_target, _self, args: unknown[]) {
      note(path, args)
      return Promise.resolve()
    },
  })
}

function pathTo(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`
}

function callText({ method, args }: Call): string {
  return `${method || "itself"}(${args.map(argumentText).join(", ")})`
}

function argumentText(argument: unknown): string {
  try {
    return JSON.stringify(argument) ?? String(argument)
  } catch {
    return String(argument)
  }
}

import { endOfPiece, isComment, partsAt } from "./source-parts.ts"

/** What a function asks for by its parameters: each by its own name, or all of them as one object taken apart. */
export type Parameters = { readonly names: readonly string[]; readonly destructured: boolean }

/** A function whose parameters are handed in by name, out of whatever is at hand. */
export type Injected = ((needs: Readonly<Record<string, unknown>>) => unknown) & {
  /** What it asks for: nothing else is ever read from what is at hand. */
  readonly names: readonly string[]
}

// A function of any signature: what it takes is read off its text, not off its type.
type AnyFunction = (...needs: never[]) => unknown

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/u
const quotedName = /^(["'])((?:(?!\1)[^\\])*)\1/

/**
 * Reads the names of a function's parameters off its source text: of functions, arrows, methods, async or not, with
 * default values, with comments in between, or with one parameter that is taken apart: `({ mail: m, key })` asks for
 * `mail` and `key`. Throws where the names cannot be known: rest parameters, native and bound functions, classes.
 */
export function parametersOf(fn: AnyFunction): Parameters {
  const source = Function.prototype.toString.call(fn)
  if (/\{\s*\[native code\]\s*\}$/.test(source)) throw new Error("its parameters cannot be read (native or bound)")
  if (/^class\b/.test(source)) throw new Error("it is a class, not a function")
  const parameters = parameterTexts(source)
  const first = parameters[0]
  if (!first?.startsWith("{")) return { names: parameters.map(parameterName), destructured: false }
  if (parameters.length > 1) throw new Error("it has parameters after the one that is taken apart")
  return { names: partsAt(first, 0).parts.map(memberName), destructured: true }
}

/**
 * Makes a function that hands another one just what it asks for, in its order. Throws an Error with the place and the
 * name when it asks for something that is not known. `inject` says the names where they cannot be read off the
 * function, as in minified builds.
 */
export function injector(
  fn: AnyFunction,
  place: string,
  known: readonly string[],
  inject?: readonly string[],
): Injected {
  const { names, destructured } =
    inject === undefined ? readParameters(fn, place) : { names: inject, destructured: false }
  for (const name of names) {
    if (known.includes(name)) continue
    const hint = `${known.join(", ")}; an adapter is given in daybook({ adapters: { ${name} } })`
    throw new Error(`${sentence(place)} asks for ${name}; known are ${hint}`)
  }
  const call = fn as (...needs: unknown[]) => unknown
  const injected = destructured
    ? (needs: Readonly<Record<string, unknown>>) => call(Object.fromEntries(names.map(name => [name, needs[name]])))
    : (needs: Readonly<Record<string, unknown>>) => call(...names.map(name => needs[name]))
  return Object.assign(injected, { names })
}

function readParameters(fn: AnyFunction, place: string): Parameters {
  try {
    return parametersOf(fn)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${sentence(place)} cannot be handed what it needs: ${why}; say the names in "inject"`, {
      cause: error,
    })
  }
}

function sentence(place: string): string {
  return place.charAt(0).toUpperCase() + place.slice(1)
}

function parameterTexts(source: string): readonly string[] {
  let head = ""
  for (let i = 0; i < source.length;) {
    // An arrow with one bare parameter has no bracket: what stands before `=>` is its name, after `async` if that is there.
    if (source.startsWith("=>", i)) return [head.trim().split(/\s+/).at(-1)!]
    if (source[i] === "(") return partsAt(source, i).parts
    const end = endOfPiece(source, i, head)
    head += isComment(source, i) ? " " : source.slice(i, end)
    i = end
  }
  throw new Error("its parameters cannot be read")
}

function parameterName(text: string): string {
  const name = identifier.exec(text)?.[0]
  if (text.startsWith("...")) throw new Error(`it takes an open number of parameters (${text})`)
  if (name === undefined) throw new Error(`its parameter ${text} has no name`)
  return name
}

function memberName(text: string): string {
  if (text.startsWith("...")) throw new Error(`it takes whatever else there is (${text})`)
  const name = identifier.exec(text)?.[0] ?? quotedName.exec(text)?.[2]
  if (name === undefined) throw new Error(`its member ${text} has no name that can be read`)
  return name
}

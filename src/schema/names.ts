import { limits } from "../kernel/limits.ts"
import type { Faults } from "./faults.ts"

const grammar = /^\p{L}[\p{L}\p{N}_-]*$/u

/** Checks a name that will be a key of objects and a part of paths: `Entity/attr` must read in one way only. */
export function checkName(name: string, noun: string, path: string, faults: Faults): void {
  if (!grammar.test(name)) {
    const rule = "begins with a letter and goes on with letters, digits, - and _"
    faults.add(path, "name", `The name of ${noun} ${rule}: ${JSON.stringify(name)} does not`)
  } else if (name.length > limits.nameCharsMax) {
    faults.add(path, "name", `The name of ${noun} has at most ${limits.nameCharsMax} characters`)
  } else if (name in {}) {
    // Reading such an attribute of a document that has none would find what every object has.
    faults.add(path, "name", `The name of ${noun} cannot be ${name}: every object has that already`)
  }
}

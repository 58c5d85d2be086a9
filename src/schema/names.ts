import { limits } from "../kernel/limits.ts"
import type { Faults } from "./faults.ts"

const grammar = /^\p{L}[\p{L}\p{N}_-]*$/u
const word = /^[^\s\p{C}]+$/u

/** Checks a name that will be a key of objects and a part of paths: `Entity/attr` must read in one way only. */
export function checkName(name: string, noun: string, path: string, faults: Faults): void {
  const rule = "begins with a letter and goes on with letters, digits, - and _"
  check(name, grammar, `The name of ${noun} ${rule}: ${JSON.stringify(name)} does not`, noun, path, faults)
}

/** Checks the name of a group or a permission: it is a part of no path, so that any word will do. */
export function checkWord(name: string, noun: string, path: string, faults: Faults): void {
  const sentence = `The name of ${noun} is one word, without spaces: ${JSON.stringify(name)} is not`
  check(name, word, sentence, noun, path, faults)
}

function check(name: string, allowed: RegExp, sentence: string, noun: string, path: string, faults: Faults): void {
  if (!allowed.test(name)) {
    faults.add(path, "name", sentence)
  } else if (name.length > limits.nameCharsMax) {
    faults.add(path, "name", `The name of ${noun} has at most ${limits.nameCharsMax} characters`)
  } else if (name in {}) {
    // Reading such an attribute of a document that has none would find what every object has.
    faults.add(path, "name", `The name of ${noun} cannot be ${name}: every object has that already`)
  }
}

import { AssertionError } from "node:assert"
import { describe, expect, test } from "vitest"
import { brokenStore, storeFaults } from "../../src/testing/broken-store.ts"
import { emptyMemory, memoryStore } from "../../src/testing/memory-store.ts"
import type { OpenStore } from "../../src/testing/store-case.ts"
import { storeCases } from "../../src/testing/store-contract.ts"

const open: OpenStore = async ({ clock }) => {
  const memory = emptyMemory()
  return {
    store: memoryStore({ clock, memory }),
    reopen: async () => memoryStore({ clock, memory }),
    close: async () => {},
  }
}

describe("the suite for stores notices a store in which", () => {
  test.each(Object.entries(storeFaults))("%s: in the case that %s", async (fault, noticedBy) => {
    const found = storeCases.find(({ name }) => name === noticedBy)
    expect(found?.name, "there is no such case").toBe(noticedBy)
    await found!.run(open)
    await expect(found!.run(brokenStore(open, fault))).rejects.toThrow(AssertionError)
  })
})

test("a fault that nobody knows is a mistake", () => {
  expect(() => brokenStore(open, "nothing")).toThrow('There is no fault "nothing"')
})

test("no two cases have the same sentence", () => {
  const names = storeCases.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

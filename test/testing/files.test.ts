import { AssertionError } from "node:assert"
import { describe, expect, test } from "vitest"
import { brokenFiles, fileFaults } from "../../src/testing/broken-files.ts"
import type { OpenFiles } from "../../src/testing/file-case.ts"
import { fileCases, fileContract } from "../../src/testing/file-contract.ts"
import { memoryFiles, type HeldFiles } from "../../src/testing/memory-files.ts"

const open: OpenFiles = async parts => {
  const held: HeldFiles = new Map()
  return {
    files: memoryFiles({ ...parts, held }),
    reopen: async () => memoryFiles({ ...parts, held }),
    async close() {},
  }
}

fileContract("memory", open)

describe("the suite for file stores notices one in which", () => {
  test.each(Object.entries(fileFaults))("%s: in the case that %s [L80]", async (fault, noticedBy) => {
    const found = fileCases.find(({ name }) => name === noticedBy)
    expect(found?.name, "there is no such case").toBe(noticedBy)
    await expect(found!.run(brokenFiles(open, fault))).rejects.toThrow(AssertionError)
  })
})

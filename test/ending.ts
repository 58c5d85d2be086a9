type End = () => unknown

const ofTest: End[] = []
const ofFile: End[] = []

/** Has something closed or removed when the test is over, the last first. Files of tests share this module, and hooks would be those of the first. */
export function whenTestEnds(end: End): void {
  ofTest.push(end)
}

/** The same when the whole file of tests is over. */
export function whenFileEnds(end: End): void {
  ofFile.push(end)
}

/** Ends what the test has begun. */
export async function endTest(): Promise<void> {
  await endAll(ofTest)
}

/** Ends what the file of tests has begun. */
export async function endFile(): Promise<void> {
  await endAll(ofFile)
}

// One that fails must not leave the others behind.
async function endAll(ends: End[]): Promise<void> {
  const errors: unknown[] = []
  for (const end of ends.splice(0).toReversed()) {
    try {
      await end()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, "What tests had begun could not be ended")
}

/** What was given on the command line, or in a file named there, cannot be used: says what is wrong and where. */
export class BadInput extends Error {
  /** One further line for each place. */
  readonly places: readonly string[]

  constructor(sentence: string, places: readonly string[] = []) {
    super(sentence)
    this.name = "BadInput"
    this.places = places
  }
}

/** Lines for whoever runs the system: what happened, with its facts. Never the data of a command or an event. */
export interface Journal {
  info(sentence: string, facts?: Readonly<Record<string, unknown>>): void
  warn(sentence: string, facts?: Readonly<Record<string, unknown>>): void
  error(sentence: string, facts?: Readonly<Record<string, unknown>>): void
}

/** Says nothing. */
export const silent: Journal = { info() {}, warn() {}, error() {} }

import { pathOf, textOf, writeWhole } from "./keep.ts"
import type { Message, Transport } from "./transport.ts"

/** What becomes of a message as a file: how the file's name ends, and what is in it. */
export type Paper = { readonly ending: string; readonly write: (message: Message) => string }

/** Puts each message into a file in a folder, from which somebody else takes it: a printer, or a portal's upload. */
export function fileTransport(folder: string, { ending, write }: Paper): Transport {
  const status = async (key: string) => {
    const path = pathOf(folder, key, ending)
    return (await textOf(path)) === null ? null : { status: "sent" as const, id: path }
  }
  return {
    status,
    async send(message, { key }) {
      const known = await status(key)
      if (known !== null) return known
      const path = pathOf(folder, key, ending)
      await writeWhole(path, write(message))
      return { status: "sent", id: path }
    },
  }
}

/** A letter in plain text: the address in the window, the subject, the text. */
export const letter: Paper = {
  ending: ".letter.txt",
  write: ({ to, subject, text }) => `${to.replaceAll(", ", "\n")}\n\n\n${subject}\n\n${text}\n`,
}

/** An upload to a portal: everything that is known of the message, for a program to read. */
export const upload: Paper = {
  ending: ".json",
  write: message => `${JSON.stringify(message, null, 2)}\n`,
}

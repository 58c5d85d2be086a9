/** What is sent: one message to one address. */
export type Message = {
  /** Where to: a phone number, an e-mail address, a postal address or the name of a portal, as the channel has it. */
  readonly to: string
  readonly subject: string
  /** Plain text: what a channel sends that knows nothing richer. */
  readonly text: string
  readonly html?: string
  readonly attachments?: readonly Attachment[]
}

/** Something that goes with a message: a file, by its content in base64. */
export type Attachment = { readonly name: string; readonly mediaType: string; readonly content: string }

/** How far a message has got, as its transport knows it. */
export type Sending = {
  readonly status: "sent" | "delivered" | "failed"
  /** What the transport calls it. */
  readonly id?: string
  /** Why it failed. */
  readonly reason?: string
}

/** Carries messages to somewhere outside. */
export interface Transport {
  /**
   * Sends a message, once for each key: with a key that it has seen before it does nothing, and answers as before.
   *
   * - `failed` says that this message will never arrive, whoever tries again: there is no such number or mailbox.
   * - It throws when it cannot tell or the trouble may pass: the other side is away, busy or broken.
   */
  send(message: Message, options: { readonly key: string }): Promise<Sending>

  /** What has become of the message with this key; null: it was never sent. */
  status(key: string): Promise<Sending | null>
}

import type { Recipient } from "./recipient.ts"

const placeholder = /\{\{\s*(\w+)\s*\}\}/g

/** A template's text for one recipient: `{{name}}` becomes the recipient's name, and so on. */
export function render(text: string, recipient: Recipient): string {
  return text.replace(placeholder, (_whole, name: string) => valueOf(name, recipient))
}

/** The same for html, where a recipient's `<` is a character and not the beginning of a tag. */
export function renderHtml(html: string, recipient: Recipient): string {
  return html.replace(placeholder, (_whole, name: string) => escaped(valueOf(name, recipient)))
}

function valueOf(name: string, recipient: Recipient): string {
  const value = recipient[name]
  if (value === undefined) throw new Error(`The template asks for {{${name}}}, which ${recipient["name"]} has not`)
  return value
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

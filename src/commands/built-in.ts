import type { Evolve } from "../kernel/aggregate.ts"
import type { Document } from "../kernel/entity.ts"
import { evolveLife } from "../kernel/life.ts"
import { sameJson, type Json, type JsonObject } from "../kernel/json.ts"

/** What the built-in events say: per attribute what it was and what it is; a missing side means: no value. */
export type AttributeChanges = { readonly [attribute: string]: { readonly old?: Json; readonly new?: Json } }

/** The built-in events, which evolve themselves: the document's attributes become the new values. */
export const builtInEvolve: Readonly<Record<string, Evolve | undefined>> = {
  EntityCreated: (_state: Document, data: { attributes: AttributeChanges }) => changed({}, data.attributes),
  EntityChanged: (state: Document, data: { attributes: AttributeChanges }) => changed(state, data.attributes),
  EntityRetracted: () => null,
  InstanceStarted: evolveLife,
  InstanceStepped: evolveLife,
  InstanceEnded: evolveLife,
  AbortRequested: evolveLife,
  // Of a command that has no instance of its own: nothing is there after it.
  CommandEnded: () => null,
}

function changed(state: Document, attributes: AttributeChanges): Document {
  const after: Record<string, Json | undefined> = { ...state }
  for (const [name, change] of Object.entries(attributes)) {
    if (change.new === undefined) delete after[name]
    else after[name] = change.new
  }
  return after
}

/** The attributes in which two documents differ, with both sides. */
export function attributeChanges(before: Document | null, after: Document | null): AttributeChanges {
  const changes: Record<string, { old?: Json; new?: Json }> = {}
  for (const name of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    const [was, is] = [before?.[name], after?.[name]]
    if (sameJson(was, is)) continue
    changes[name] = { ...(was === undefined ? {} : { old: was }), ...(is === undefined ? {} : { new: is }) }
  }
  return changes
}

/** The event that says how an entity went from one document to another; null if nothing came of it. */
export function entityEvent(
  before: Document | null,
  after: Document | null,
): { type: string; data: JsonObject } | null {
  if (before === null && after === null) return null
  const attributes = attributeChanges(before, after)
  if (before === null) return { type: "EntityCreated", data: { attributes } }
  if (after === null) return { type: "EntityRetracted", data: { attributes } }
  return Object.keys(attributes).length === 0 ? null : { type: "EntityChanged", data: { attributes } }
}

// what an application is made of
export { daybook, fold, openDaybook, partsOf, type AppDefinition, type PartsOf } from "./app.ts"
export type { App, ImportedCommand, Importing, LogLine } from "./kernel/app.ts"
export type { Aggregate, DecisionContext, EvolvedEvent, Upcaster } from "./kernel/aggregate.ts"
export type { AnyEventOf, RecordedOf } from "./app/typed.ts"
export type { CommandHandler, Request, UnitOfWork } from "./kernel/handler.ts"
export type { EntityTrigger, Notification, Processor } from "./kernel/processor.ts"
export type { Projecting, Projection } from "./kernel/projection.ts"
export type { OwnCommand, Pending, Prompt, PromptRule, ToldPrompt } from "./kernel/prompt.ts"
export type { Derived, DerivedFrom } from "./kernel/derived.ts"
export type { NamedQuery, QueryAsker, QueryReading } from "./kernel/named-query.ts"

export { done, failed, step, stuck, type ChildEnd, type Step, type Workflow } from "./kernel/workflow.ts"
export { at, every, in_, type Moment } from "./kernel/moments.ts"
export type { Life } from "./kernel/life.ts"

// what may exist
export { defineSchema } from "./schema/infer.ts"
export type { DataOf, EventDataOf, StateOf } from "./schema/infer.ts"
export type { OpOf } from "./schema/infer-ops.ts"

// what is said
export type { Asker, Command, CommandState, Event, Outcome, RecordedEvent, T, Target } from "./kernel/message.ts"
export type { Instance } from "./kernel/instance.ts"
export { is, like, sameEntity, value } from "./kernel/value.ts"
export type { Json, JsonObject } from "./kernel/json.ts"
export { Refusal, type Fault, type RefusalCode } from "./kernel/refusal.ts"

// what is known
export type { Catalogue, Daybook, Parts, RightsAnswer, RightsItem } from "./daybook.ts"
export type { QueryAnswer, QueryError } from "./queries/view.ts"
export type { Document, EntityAt } from "./kernel/entity.ts"
export type { Snapshot } from "./kernel/snapshot.ts"

// what the outside must do
export type { Clock } from "./kernel/clock.ts"
export type { Ids } from "./kernel/ids.ts"
export type { Store } from "./ports/store.ts"
export type { Mutex, Turn } from "./ports/mutex.ts"
export { LeaseMutex, rowMutex } from "./commands/mutexes.ts"
export { systemClock } from "./adapters/node/clock.ts"
export { systemIds } from "./adapters/node/ids.ts"
export { sqliteStore } from "./adapters/sqlite/index.ts"
export type { FileContent, FileStore, KnownFile, UploadedFile } from "./ports/files.ts"
export { openLog, type LineFile } from "./adapters/files/open-log.ts"
export { diskFiles } from "./adapters/disk/files.ts"

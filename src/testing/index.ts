// one part at a time
export { given, happened, type Circumstances, type Given, type Happened } from "./given.ts"
export type { Checked, Decided, GivenProcessor, GivenRows, GivenState, Known, Reacting } from "./given.ts"
export type { ChildEnded, GivenWorkflow, Lived, Living } from "./given.ts"
export { inEveryOrder } from "./orders.ts"

// a whole application
export { testApp, type Sending, type TestApp, type TestAppOptions } from "./app.ts"
export { spy, type Call, type Spy } from "./spy.ts"

export { closeTestStores, testStore } from "./test-store.ts"

// time and ids
export { simulatedClock, type SimulatedClock } from "./clock.ts"
export { seededIds, seededRandom } from "./ids.ts"

// adapters of one's own
export { storeCases, storeContract } from "./store-contract.ts"
export type { OpenedStore, OpenStore, Stage, StoreCase } from "./store-case.ts"
export { brokenStore, storeFaults } from "./broken-store.ts"
export { emptyMemory, memoryStore, type Memory } from "./memory-store.ts"
export { anEvent, anInstance, aDelivery, aPage, aParked, aRefusal, aTransaction } from "./writes.ts"
export { aChange, thingAttributes, writer, type Putting, type Writer } from "./writes.ts"
export { fileCases, fileContract } from "./file-contract.ts"
export type { FileCase, FileStage, OpenedFiles, OpenFiles } from "./file-case.ts"
export {
  mutexCases,
  mutexContract,
  type MakeMutex,
  type MutexCase,
  type MutexGround,
  type OpenGround,
} from "./mutex-contract.ts"
export { brokenFiles, fileFaults } from "./broken-files.ts"
export { memoryFiles, type HeldFiles, type MemoryFilesParts } from "./memory-files.ts"

// what an application is made of
export { daybook, type AppDefinition } from "./app/define.ts"
export { partsOf, type PartsOf } from "./app/parts.ts"
export { fold } from "./app/fold.ts"

// and how it is run
export { openDaybook } from "./app/open.ts"

import { served, tryCases } from "./cases.ts"
import { functions } from "./functions.cases.ts"
import { rules } from "./rules.cases.ts"
import { ops, schema } from "./world.ts"

tryCases(served(schema, ops), [...rules, ...functions], "L74")

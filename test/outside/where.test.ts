import { served, tryCases } from "./cases.ts"
import { choices, patterns } from "./where.cases.ts"
import { ops, schema } from "./world.ts"

tryCases(served(schema, ops), [...patterns, ...choices], "L74")

import { served, tryCases } from "./cases.ts"
import { finds } from "./find.cases.ts"
import { ops, schema } from "./world.ts"

tryCases(served(schema, ops), finds, "L74")

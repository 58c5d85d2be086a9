import { served, tryCases } from "./cases.ts"
import { habits } from "./habits.cases.ts"
import { ops, schema } from "./world.ts"

tryCases(served(schema, ops), habits, "L67 L74")

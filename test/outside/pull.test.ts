import { served, tryCases } from "./cases.ts"
import { pulls } from "./pull.cases.ts"
import { ops, schema } from "./world.ts"

tryCases(served(schema, ops), pulls, "L75")

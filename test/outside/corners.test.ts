import { served, tryCases } from "./cases.ts"
import { corners } from "./corners.cases.ts"
import { ops, schema } from "./world.ts"

tryCases(served(schema, ops), corners, "L67 L74")

import { tryModels } from "./rights-runner.ts"
import { models } from "./rights-spicedb.ts"

tryModels("as SpiceDB would answer", models)

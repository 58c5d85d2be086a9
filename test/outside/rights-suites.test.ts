import { models } from "./rights-suites.ts"
import { tryModels } from "./rights-runner.ts"

tryModels("as both suites would have it", models)

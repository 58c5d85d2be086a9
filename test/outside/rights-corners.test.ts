import { models } from "./rights-corners.ts"
import { tryModels } from "./rights-runner.ts"

tryModels("corners", models)

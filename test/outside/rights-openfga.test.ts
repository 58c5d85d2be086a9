import { models } from "./rights-openfga.ts"
import { tryModels } from "./rights-runner.ts"

tryModels("as OpenFGA would answer", models)

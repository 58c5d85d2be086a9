import { daybook } from "daybook"
import schema from "./schema.json" with { type: "json" }

export { seed } from "./seed.ts"

export default daybook({ schema })

import { daybook } from "daybook"
import { roster } from "./roster.ts"
import { schema } from "./schema.ts"
import { student } from "./student.ts"
import { welcome } from "./welcome.ts"
import { whoIsWhere } from "./who-is-where.ts"

export { seed } from "./seed.ts"

export default daybook({ schema, aggregates: [roster, student], processors: [welcome], projections: [whoIsWhere] })

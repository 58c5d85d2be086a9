import { daybook } from "daybook"
import { mailAt } from "./mail.ts"
import { becomeMember } from "./membership.ts"
import { person } from "./person.ts"
import { products, prompts } from "./prompts.ts"
import { requestQuote } from "./quote.ts"
import { schema } from "./schema.ts"
import { sendEmail } from "./send-email.ts"
import { offerSpecial } from "./special.ts"
import { moveOn } from "./stages.ts"

export { seed } from "./seed.ts"

export default daybook({
  schema,
  aggregates: [person],
  handlers: [sendEmail],
  workflows: [becomeMember, requestQuote, offerSpecial],
  processors: [moveOn],
  queries: [products],
  prompts,
  adapters: { mail: mailAt(process.env) },
})

import { Refusal } from "daybook"
import { event, handler } from "./parts.ts"
import { written } from "./letters.ts"
import { personOf } from "./reading.ts"

/** Writes to somebody, and notes in their stream what was written. */
export const sendEmail = handler("SendEmail", async ({ command: { target }, data, uow, mail, key }) => {
  const person = target === null ? null : personOf(await uow.entity(target.id))
  if (target === null || person === null) throw new Refusal("not-found", "There is nobody to write to")
  const letter = written(data, person)
  await mail.send({ to: person.email, ...letter }, { key })
  await uow.record(target, event("EmailSent", letter))
  return letter
})

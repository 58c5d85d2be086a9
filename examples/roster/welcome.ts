import { command, processor } from "./parts.ts"

/** Welcomes each newly enrolled student. Once per place: enrolled there again, a student has been welcomed already. */
export const welcome = processor("welcome", {
  on: "StudentEnrolled",
  pure: ({ event }) =>
    command("WelcomeStudent", event.data.student, { roster: event.stream.id, period: event.data.period }),
  produces: ["WelcomeStudent"],
})

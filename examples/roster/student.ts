import { is } from "daybook"
import { properName } from "./names.ts"
import { aggregate, event } from "./parts.ts"

/** What is known of a student, who begins to exist with the first thing that is. */
export const student = aggregate("Student", {
  decide: {
    // The event says the names as they are from now on, not as somebody typed them.
    ChangeStudentName: ({ first, middle, last }) =>
      event("StudentNameChanged", {
        first: properName(first),
        middle: middle === null || middle.trim() === "" ? null : properName(middle),
        last: properName(last),
      }),

    WelcomeStudent: ({ roster, period }, { welcomes }) =>
      welcomes.some(is({ roster, period })) ? [] : event("StudentWelcomed", { roster, period }),
  },

  evolve: {
    StudentNameChanged: ({ middle: _before, ...student }, { first, middle, last }) =>
      middle === null ? { ...student, first, last } : { ...student, first, middle, last },
    StudentWelcomed: (student, { roster, period }) => ({
      ...student,
      welcomes: [...student.welcomes, { roster, period }],
    }),
  },
})

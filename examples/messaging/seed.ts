import type { ImportedCommand } from "daybook"

/** A template to be used: the README uses it. */
export const seed: readonly ImportedCommand[] = [
  {
    type: "Transact",
    target: null,
    data: {
      ops: [
        {
          entity: "Template",
          id: "reminder",
          set: {
            name: "reminder",
            subject: "Your appointment, {{name}}",
            text: "Dear {{name}}, we look forward to seeing you on {{day}}.",
            html: "<p>Dear <b>{{name}}</b>,</p><p>we look forward to seeing you on {{day}}.</p>",
          },
        },
      ],
    },
  },
]

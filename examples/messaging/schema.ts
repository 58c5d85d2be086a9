import { defineSchema } from "daybook"
import { labels } from "./channels.ts"

// Who may do what is the business of another example: here everybody may.
const open = {
  assign: [{ group: "everybody", when: true }],
  permissions: { read: "everybody", write: "everybody" },
} as const

const report = {
  type: "object",
  properties: {
    status: { enum: ["sent", "delivered", "failed"] },
    transportId: { type: "string" },
    reason: { type: "string" },
  },
  required: ["status"],
  additionalProperties: false,
} as const

/** Templates, their usages, and the activities that come of them. */
export const schema = defineSchema({
  daybook: 1,
  name: "messaging",
  version: 1,
  groups: { everybody: { label: "Everybody" } },
  entities: {
    Template: {
      ...open,
      attributes: {
        name: { type: "string", unique: "identity", required: true },
        subject: { type: "string", required: true },
        text: { type: "text", required: true, doc: "{{name}} stands for that of the recipient, and so on" },
        html: { type: "text" },
        attachments: { type: "json", many: true, doc: "{name, mediaType, content}, the content in base64" },
      },
    },
    TemplateUsage: {
      ...open,
      attributes: {
        template: { type: "ref", to: ["Template"], required: true },
        recipients: { type: "json", many: true, required: true, doc: "{name, phone, email, address, portal}" },
        channels: { type: "enum", many: true, required: true, values: labels },
      },
    },
    TemplateActivity: {
      ...open,
      attributes: {
        usage: { type: "ref", to: ["TemplateUsage"], required: true },
        channel: { type: "enum", required: true, values: labels },
        name: { type: "string", required: true },
        to: { type: "string", doc: "Missing: the recipient has no address of this kind" },
        subject: { type: "string", required: true },
        body: { type: "text", required: true },
        html: { type: "text" },
        attachments: { type: "json", many: true },
        status: {
          type: "enum",
          required: true,
          index: true,
          default: "pending",
          values: { pending: "Pending", sent: "Sent", delivered: "Delivered", failed: "Failed" },
        },
        reason: { type: "string", doc: "Why it failed" },
        transportId: { type: "string", doc: "What the transport calls it" },
      },
    },
  },
  commands: {
    RecordTransport: { target: "TemplateActivity", data: report, doc: "What the transport says has become of it" },
  },
  events: {
    TransportReported: { stream: "TemplateActivity", data: report },
    ActivityUnknown: {
      stream: "TemplateActivity",
      rejection: true,
      data: { type: "object", properties: {}, additionalProperties: false },
    },
  },
})

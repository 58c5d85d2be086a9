// The worked example of the security model: tenants that share documents. In the shape of the contract.

import type { JsonObject } from "../../src/kernel/json.ts"

const identity = { type: "uuid", unique: "identity", required: true }

const users: JsonObject = {
  attributes: {
    uuid: identity,
    name: { type: "string", label: "Full Name" },
    email: { type: "email", unique: "value", index: true },
    "password-digest": { type: "string", sensitive: true },
  },
  assign: [{ group: "self", when: { is: ["$self", "$security"] } }],
  permissions: { read: "self", write: "self" },
}

const orgs: JsonObject = {
  attributes: {
    uuid: identity,
    name: { type: "string", required: true, minLength: 1, maxLength: 80 },
    admins: { type: "ref", many: true, to: ["User"] },
    members: { type: "ref", many: true, to: ["User"] },
  },
  assign: [
    { group: "org-admin", when: { reaches: ["$self", ["Org/admins"], "$security"] } },
    { group: "org-member", when: { reaches: ["$self", ["Org/members"], "$security"] } },
  ],
  permissions: { read: ["org-admin", "org-member"], write: "org-admin", share: "org-admin" },
}

const notPrivate = { not: { eq: [{ path: ["$child", "Document/private"] }, true] } }
const sameOrg = { eq: [{ path: ["$parent", "Document/org"] }, { path: ["$child", "Document/org"] }] }

const documents: JsonObject = {
  abstract: {
    required: [["title", "body"]],
    attributes: {
      uuid: identity,
      title: { type: "string", minLength: 1, maxLength: 120, index: true },
      body: { type: "text" },
      notes: {
        type: "string",
        permissions: { read: { all: [["owner", "org-admin", "org-member"], { not: "guest" }] } },
      },
      private: { type: "boolean", default: false },
      status: { type: "enum", values: { draft: "Draft", published: "Published" }, default: "draft" },
      org: { type: "ref", to: ["Org"], propagate: [{ direction: "reverse", when: true }] },
      owner: { type: "ref", to: ["User"] },
      folder: { type: "ref", to: ["Folder"], propagate: [{ direction: "reverse", when: notPrivate }] },
      related: { type: "ref", many: true, to: ["Document"], propagate: [{ direction: "forward", when: sameOrg }] },
    },
    assign: [{ group: "owner", when: { reaches: ["$self", ["owner"], "$security"] } }],
    permissions: {
      read: ["owner", "org-admin", "org-member", "guest"],
      write: ["owner", "org-admin"],
      retract: "owner",
    },
  },
  variants: {
    Folder: { attributes: { colour: { type: "enum", values: { red: "Red", blue: "Blue" } } } },
    File: {
      attributes: { blob: { type: "file" }, size: { type: "integer", minimum: 0 } },
      required: [{ allOrNone: ["blob", "size"] }],
    },
  },
}

const active = { eq: [{ path: ["$parent", "Share/active"] }, true] }

const shares: JsonObject = {
  attributes: {
    uuid: identity,
    to: { type: "ref", to: ["Org"], required: true },
    document: {
      type: "ref",
      to: ["Document"],
      required: true,
      propagate: [{ direction: "forward", groups: ["guest"], when: active }],
    },
    active: { type: "boolean", required: true },
  },
  assign: [
    {
      group: "guest",
      when: {
        or: [
          { reaches: ["$self", ["Share/to", "Org/members"], "$security"] },
          { reaches: ["$self", ["Share/to", "Org/admins"], "$security"] },
        ],
      },
    },
  ],
  permissions: { read: "guest" },
}

const fromOrg = { type: "ref", to: ["Org"], required: true, propagate: [{ direction: "reverse", when: true }] }

const usages: JsonObject = {
  attributes: {
    uuid: identity,
    template: { type: "string", required: true },
    recipients: { type: "json", required: true, many: true },
    org: fromOrg,
  },
  permissions: { read: ["org-admin", "org-member"], write: "org-admin", create: "org-admin" },
}

const channels = { sms: "SMS", mms: "MMS", email: "Email", letter: "Letter", portal: "Portal Upload" }
const statuses = { pending: "Pending", sent: "Sent", delivered: "Delivered", failed: "Failed" }

const activities: JsonObject = {
  attributes: {
    uuid: identity,
    usage: { type: "ref", to: ["TemplateUsage"], required: true, propagate: [{ direction: "reverse", when: true }] },
    channel: { type: "enum", values: channels, required: true },
    to: { type: "string", required: true },
    status: { type: "enum", values: statuses, default: "pending" },
    reason: { type: "string" },
  },
  permissions: { read: ["org-admin", "org-member"] },
}

/** The portal's schema. */
export const portal: JsonObject = {
  daybook: 1,
  name: "portal",
  version: 3,
  types: { email: { type: "string", maxLength: 254, pattern: "^[^@\\s]+@[^@\\s]+$" } },
  groups: {
    self: {},
    owner: { label: "Owner" },
    "org-admin": { label: "Organisation administrator" },
    "org-member": { label: "Organisation member" },
    guest: { label: "Member of a tenant this is shared with" },
  },
  entities: {
    User: users,
    Org: orgs,
    Document: documents,
    Share: shares,
    TemplateUsage: usages,
    TemplateActivity: activities,
  },
  commands: {
    SendTemplate: {
      target: "TemplateUsage",
      data: {
        properties: { channel: { enum: Object.keys(channels) } },
        required: ["channel"],
        additionalProperties: false,
      },
    },
    RenameDocument: {
      target: "Document",
      requires: "write",
      sensitive: ["/reason"],
      data: { type: "object", properties: { title: { type: "string", minLength: 1 }, reason: { type: "string" } } },
    },
  },
  events: {
    TemplateSent: { stream: "TemplateUsage", version: 2, data: { properties: { channel: { type: "string" } } } },
    DocumentRenamed: { stream: "Document", data: { properties: { title: { type: "string" } }, required: ["title"] } },
    TitleTaken: { stream: "Document", rejection: true },
  },
}

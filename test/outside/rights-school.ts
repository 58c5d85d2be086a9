/** A school: groups come along hidden parents, under other names, and stop at guards. */
export const school = {
  daybook: 1,
  name: "school",
  version: 1,
  entities: {
    Person: {
      attributes: {
        name: { type: "string" },
        role: {
          type: "enum",
          values: { pupil: "Pupil", teacher: "Teacher", head: "Head" },
          permissions: { write: "head" },
        },
        class: { type: "ref", to: ["Class"], permissions: { write: "head" } },
        nick: { type: "string" },
      },
      assign: [
        { group: "self", when: { is: ["$self", "$security"] } },
        { group: "head", when: { eq: [{ path: ["$security", "Person/role"] }, "head"] } },
        { group: "mate", when: { eq: [{ path: ["$self", "class"] }, { path: ["$security", "Person/class"] }] } },
      ],
      permissions: {
        read: ["self", "head", "mate"],
        write: ["self", "head"],
        create: "head",
        operate: { all: ["self", "head"] },
      },
    },
    Class: {
      attributes: { name: { type: "string" }, teacher: { type: "ref", to: ["Person"] } },
      assign: [
        { group: "teacher", when: { reaches: ["$self", ["teacher"], "$security"] } },
        { group: "pupil", when: { reaches: ["$self", ["Person/_class"], "$security"] } },
      ],
      permissions: { read: "teacher", write: "teacher" },
    },
    Sheet: {
      attributes: {
        title: { type: "string" },
        answers: { type: "string", permissions: { read: "teacher", write: "teacher" } },
        open: { type: "boolean", default: false, permissions: { write: "teacher" } },
        class: {
          type: "ref",
          to: ["Class"],
          propagate: [
            { direction: "reverse", when: true, groups: ["teacher"] },
            { direction: "reverse", when: { eq: [{ path: ["$child", "open"] }, true] }, groups: { pupil: "reader" } },
          ],
        },
        next: { type: "ref", to: ["Sheet"], propagate: [{ direction: "forward", when: true }] },
        scan: { type: "file" },
        extra: { type: "file", permissions: { read: "teacher", write: "teacher" } },
        marks: { type: "ref", many: true, to: ["Mark"], component: true },
      },
      permissions: {
        read: ["teacher", "reader"],
        write: ["teacher", "reader"],
        share: "teacher",
        retract: "teacher",
        create: "teacher",
      },
    },
    Mark: {
      attributes: {
        pupil: { type: "ref", to: ["Person"] },
        sheet: { type: "ref", to: ["Sheet"] },
        points: { type: "integer", permissions: { write: "teacher" } },
        by: { type: "ref", to: ["Class"], propagate: [{ direction: "reverse", when: true, groups: ["teacher"] }] },
      },
      assign: [{ group: "pupil", when: { reaches: ["$self", ["pupil"], "$security"] } }],
      permissions: { read: ["teacher", "pupil"], write: ["teacher", "pupil"], create: "teacher" },
    },
  },
}

/** Tom teaches 1a with Pia and Pit in it; Tess teaches 1b with Quin; Hedy is the head. */
export const pupils = [
  { entity: "Person", id: "hedy", set: { name: "Hedy", role: "head" } },
  { entity: "Person", id: "tom", set: { name: "Tom", role: "teacher" } },
  { entity: "Person", id: "tess", set: { name: "Tess", role: "teacher" } },
  { entity: "Class", id: "1a", set: { name: "1a", teacher: "tom" } },
  { entity: "Class", id: "1b", set: { name: "1b", teacher: "tess" } },
  { entity: "Person", id: "pia", set: { name: "Pia", role: "pupil", class: "1a" } },
  { entity: "Person", id: "pit", set: { name: "Pit", role: "pupil", class: "1a" } },
  { entity: "Person", id: "quin", set: { name: "Quin", role: "pupil", class: "1b" } },
  { entity: "Sheet", id: "sums", set: { title: "Sums", answers: "4", open: true, class: "1a" } },
  { entity: "Sheet", id: "exam", set: { title: "Exam", answers: "9", open: false, class: "1a" } },
  { entity: "Sheet", id: "other", set: { title: "Other", answers: "7", open: true, class: "1b" } },
  { entity: "Mark", id: "mark-pia", set: { pupil: "pia", sheet: "sums", points: 3, by: "1a" } },
  { entity: "Mark", id: "mark-pit", set: { pupil: "pit", sheet: "sums", points: 1, by: "1a" } },
]

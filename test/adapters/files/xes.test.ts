import { expect, test } from "vitest"
import { read, xes, xesEvent } from "./fixtures.ts"

const named = '<string key="concept:name" value="Open"/>'

test("An XES event is a line with the attributes of its case and its own, each of its type", async () => {
  const { lines, error } = await read(
    "log.xes",
    `<?xml version="1.0" encoding="UTF-8"?>
    <!-- a comment -->
    <log xes.version="1.0" xmlns="http://www.xes-standard.org/">
      <trace>
        <string key="concept:name" value="173688"/>
        <date key="REG_DATE" value="2011-10-01T00:38:44.546+02:00"/>
        <int key="amount" value="20000"/>
        <event>
          <string key="concept:name" value="Say &quot;hi&quot; &amp; &#252;ber"/>
          <string key="lifecycle:transition" value="COMPLETE"/>
          <date key="time:timestamp" value="2011-10-01T00:38:44.546+02:00"/>
          <string key="org:resource" value="112"/>
          <int key="int" value="-3"/><float key="float" value="1.5e3"/>
          <boolean key="yes" value="true"/><boolean key="no" value="false"/>
          <id key="id" value="1d6a8e3c"/>
        </event>
      </trace>
    </log>`,
  )
  expect(error).toBeNull()
  expect(lines).toEqual([
    {
      place: { file: expect.stringMatching(/log\.xes$/), line: 1 },
      number: 1,
      caseId: "173688",
      activity: 'Say "hi" & über',
      transition: "COMPLETE",
      at: "2011-10-01T00:38:44.546+02:00",
      resource: "112",
      caseAttributes: { "concept:name": "173688", REG_DATE: "2011-10-01T00:38:44.546+02:00", amount: 20_000 },
      attributes: {
        "concept:name": 'Say "hi" & über',
        "lifecycle:transition": "COMPLETE",
        "time:timestamp": "2011-10-01T00:38:44.546+02:00",
        "org:resource": "112",
        int: -3,
        float: 1_500,
        yes: true,
        no: false,
        id: "1d6a8e3c",
      },
    },
  ])
})

test("Globals, extensions, classifiers and attributes of the log are read past: what is absent stays absent", async () => {
  const { lines } = await read(
    "log.xes",
    `<log>
      <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
      <global scope="trace"><string key="concept:name" value="UNKNOWN"/><int key="amount" value="0"/></global>
      <global scope="event"><string key="lifecycle:transition" value="UNKNOWN"/></global>
      <classifier name="Activity" keys="concept:name lifecycle:transition"/>
      <float key="mean" value="1.0"><float key="trace" value="2.0"/></float>
      <list key="of the log"><values><string key="concept:name" value="x"/></values></list>
      <trace><string key="concept:name" value="1"/><event>${named}</event></trace>
    </log>`,
  )
  expect(lines).toMatchObject([{ caseId: "1", transition: null, at: null, resource: null }])
  expect(lines[0]!.caseAttributes).toEqual({ "concept:name": "1" })
  expect(lines[0]!.attributes).toEqual({ "concept:name": "Open" })
})

test("Lists and containers are flattened, and attributes of attributes are read past", async () => {
  const { lines, error } = await read(
    "log.xes",
    xesEvent(`
      ${named}
      <string key="note" value="a"><string key="author" value="b"><int key="deep" value="1"/></string></string>
      <list key="tags"><values><string key="tag" value="x"/><string key="tag" value="y"/></values></list>
      <container key="cost"><float key="total" value="2.5"/><container key="by"><string key="who" value="z"/></container></container>
      <list key="none"/>
    `),
  )
  expect(error).toBeNull()
  expect(lines[0]!.attributes).toEqual({
    "concept:name": "Open",
    note: "a",
    "tags.tag": "x",
    "tags.tag.2": "y",
    "cost.total": 2.5,
    "cost.by.who": "z",
  })
})

test("Numbers that a double or JSON cannot hold stay as they are written", async () => {
  const { lines } = await read(
    "log.xes",
    xesEvent(`${named}<int key="big" value="9007199254740993"/><float key="none" value="NaN"/>`),
  )
  expect(lines[0]!.attributes).toMatchObject({ big: "9007199254740993", none: "NaN" })
})

test("A name that objects are born with is an attribute like any other", async () => {
  const { lines } = await read(
    "log.xes",
    xesEvent(`${named}<string key="__proto__" value="a"/><string key="constructor" value="b"/>`),
  )
  expect(Object.entries(lines[0]!.attributes).slice(1)).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ])
  expect(Object.getPrototypeOf(lines[0]!.attributes)).toBe(Object.prototype)
})

test("The lines of one case share its attributes, and cases do not mix", async () => {
  const { lines } = await read("log.xes", xes(["Open", "Close"], [], ["Open"]))
  expect(lines.map(line => line.caseId)).toEqual(["1", "1", "3"])
  expect(lines[0]!.caseAttributes).toBe(lines[1]!.caseAttributes)
})

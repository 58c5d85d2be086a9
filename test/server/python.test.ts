import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { expect, test } from "vitest"
import { serving } from "./serving.ts"

const isThere = spawnSync("python3", ["-c", "import urllib.request"]).status === 0

// Nothing but the contract and what the language brings along.
const program = `
import json, sys, urllib.error, urllib.request
base = sys.argv[1]

def call(path, body=None, headers={}):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)

def write(id, text):
    return {"id": id, "type": "Write", "target": {"type": "Note", "id": "n1"}, "data": {"text": text}}

def tell_feed():
    request = urllib.request.Request(base + "/events", headers={"Accept": "text/event-stream", "Last-Event-ID": "1.0"})
    with urllib.request.urlopen(request) as lines:
        for line in lines:
            if line.startswith(b"id: "):
                return line.decode().strip()

print(json.dumps([
    call("/commands", write("p1", "gr\\u00fc\\u00dfe")),
    call("/commands", write("p1", "other")),
    call("/commands", [write("p2", "a"), {"type": "Nope", "id": "p3"}]),
    call("/commands", write("p4", "x" * 2000000)),
    call("/streams/Note/n1?from=2"),
    call("/commands/p1"),
    tell_feed(),
]))
`

test.skipIf(!isThere)("a client in Python sends commands and reads streams and the feed [N11]", async () => {
  const { url, daybook } = await serving()
  const python = spawn("python3", ["-c", program, url])
  let [said, complained] = ["", ""]
  python.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()))
  python.stderr.on("data", (chunk: Buffer) => (complained += chunk.toString()))
  await once(python, "close")
  expect(complained).toBe("")
  expect(JSON.parse(said)).toMatchObject([
    [200, { id: "p1", state: "succeeded", t: 1, events: [{ type: "Written", data: { text: "grüße" } }] }],
    [409, { code: "duplicate-conflict" }],
    [
      200,
      [
        { id: "p2", t: 2 },
        { id: "p3", state: "refused", code: "unknown-command" },
      ],
    ],
    [413, { code: "too-large" }],
    [200, { events: [{ stream: { version: 2 } }], version: 2, isEnd: true }],
    [200, { id: "p1", owner: "system" }],
    "id: 2.0",
  ])
  expect(daybook.log).toHaveLength(2)
})

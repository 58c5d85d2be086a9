import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { folder, served } from "./binary.ts"

const schema = {
  daybook: 1,
  name: "album",
  version: 1,
  entities: { Photo: { attributes: { image: { type: "file" } } } },
}

async function upload(url: string, text: string): Promise<string> {
  const response = await fetch(`${url}/files`, {
    method: "POST",
    body: text,
    headers: { "content-type": "text/plain" },
  })
  expect(response.status).toBe(201)
  return ((await response.json()) as { file: string }).file
}

function hold(url: string, image: string) {
  const body = JSON.stringify({ type: "Transact", data: { ops: [{ entity: "Photo", set: { image } }] } })
  return fetch(`${url}/commands`, { method: "POST", headers: { "content-type": "application/json" }, body })
}

test("files lie beside the data, and a process that is killed loses none of them [L80 HA6 N55]", async () => {
  const [app, data] = [join(folder(), "album.json"), folder()]
  writeFileSync(app, JSON.stringify(schema))
  const first = await served([app, "--dev", "--data", data])
  const [held, pending] = [await upload(first.url, "held"), await upload(first.url, "pending")]
  expect((await hold(first.url, held)).status).toBe(200)
  await first.stop("SIGKILL")

  const second = await served([app, "--dev", "--data", data])
  expect(await (await fetch(`${second.url}/files/${held}`)).text()).toBe("held")
  expect((await hold(second.url, pending)).status).toBe(200)
  expect(await (await fetch(`${second.url}/files/${pending}`)).text()).toBe("pending")
  expect(readdirSync(join(data, "files/kept")).sort()).toEqual([held, pending].sort())
  expect((await second.stop()).code).toBe(0)
})

test("in memory, files are kept for as long as the process [L80 HA6]", async () => {
  const [app, tmp] = [join(folder(), "album.json"), folder()]
  writeFileSync(app, JSON.stringify(schema))
  const server = await served([app, "--dev", "--data", ":memory:"], { env: { TMPDIR: tmp } })
  const file = await upload(server.url, "x")
  await hold(server.url, file)
  expect(await (await fetch(`${server.url}/files/${file}`)).text()).toBe("x")
  const made = () => readdirSync(tmp).filter(name => name.startsWith("daybook-files-"))
  expect(made()).toHaveLength(1)
  await server.stop()
  expect(made()).toEqual([])
})

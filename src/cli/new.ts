import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { basename, join, relative, resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { BadInput } from "./bad-input.ts"
import { makeFolder } from "./folders.ts"
import { say } from "./print.ts"

const ending = ".template"

// A package loses its files of these names on its way to the registry.
const hidden: Readonly<Record<string, string>> = { gitignore: ".gitignore" }

/** Writes a small app to begin with: it runs, and its tests pass. */
export async function newApp(folder: string, options: { name?: string; json?: boolean }): Promise<void> {
  if (folder.trim() === "") throw new BadInput("The folder has no name")
  const target = resolve(folder)
  refuseUsed(target, folder)
  const values = { name: nameOf(target, options.name), daybook: dependency(target) }
  const templates = fileURLToPath(new URL("./new/template", import.meta.url))
  try {
    makeFolder(target)
  } catch (error) {
    throw new BadInput(`${folder} cannot be made a folder: ${(error as Error).message}`)
  }
  const files = readdirSync(templates).map(template => {
    const name = template.slice(0, -ending.length)
    const file = hidden[name] ?? name
    writeFileSync(join(target, file), filled(readFileSync(join(templates, template), "utf8"), values))
    return file
  })
  if (options.json === true) await say(JSON.stringify({ folder, name: values.name, files }))
  else await say(`${folder} is there. Go on with:\n\n  cd ${folder}\n  npm install\n  npm start\n`)
}

function refuseUsed(target: string, folder: string): void {
  if (!existsSync(target)) return
  if (!statSync(target).isDirectory()) throw new BadInput(`${folder} is a file, not a folder`)
  if (readdirSync(target).length > 0) throw new BadInput(`The folder ${folder} is not empty: nothing is overwritten`)
}

function nameOf(target: string, asked: string | undefined): string {
  const name = asked ?? basename(target).toLowerCase()
  const isName = /^[a-z0-9][a-z0-9._-]{0,99}$/.test(name) && name !== "daybook"
  if (isName) return name
  throw new BadInput(
    `"${name}" cannot be the name of a package: give another with --name, of a-z, 0-9, dots and dashes`,
  )
}

/** Where the app finds us: in the registry, or where we lie, when that is no installed package. */
function dependency(target: string): string {
  const root = fileURLToPath(new URL("../..", import.meta.url))
  if (!root.includes(`${sep}node_modules${sep}`)) return `file:${relative(target, root).replaceAll("\\", "/")}`
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }
  return `^${version}`
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (placeholder, name: string) => values[name] ?? placeholder)
}

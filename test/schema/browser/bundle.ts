import { fileURLToPath } from "node:url"
import { build } from "vite"

const recorder = fileURLToPath(new URL("recorder.ts", import.meta.url))

/** Tests, and all that they test, as one module for a page: it exports `recorded`. Refuses what only Node has. */
export async function bundleOf(tests: readonly string[]): Promise<string> {
  const entry = fileURLToPath(new URL("all-tests", import.meta.url))
  const source = [
    ...tests.map(path => `import ${JSON.stringify(path)}`),
    `export { recorded } from ${JSON.stringify(recorder)}`,
  ]
  const built = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { alias: [{ find: /^vitest$/, replacement: recorder }] },
    plugins: [
      {
        name: "tests",
        resolveId: id => (id === entry ? entry : id.startsWith("node:") ? refuse(id) : null),
        load: id => (id === entry ? source.join("\n") : null),
      },
    ],
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: { entry, formats: ["es"], fileName: "tests" },
    },
  })
  const chunks = [built].flat().flatMap(one => ("output" in one ? one.output : []))
  const [chunk] = chunks
  if (chunk?.type !== "chunk" || chunks.length !== 1) throw new Error("The bundle is not one module")
  if (chunk.imports.length > 0) throw new Error(`The bundle imports ${chunk.imports.join(", ")}`)
  return chunk.code
}

function refuse(id: string): never {
  throw new Error(`A page has no ${id}`)
}

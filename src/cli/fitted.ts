import { buildUpcast, type Upcast } from "../app/upcast.ts"
import { buildRoutes, type Routes } from "../commands/routes.ts"
import type { App } from "../kernel/app.ts"
import { compileSchema } from "../schema/compile.ts"
import { parseSchema } from "../schema/parse.ts"

/** What an app says its events mean, without a daybook that runs. */
export type Fitted = { readonly routes: Routes; readonly upcast: Upcast }

/** Puts the tables of an app together. */
export function fitted(app: App): Fitted {
  const schema = compileSchema(parseSchema(app.schema))
  return { routes: buildRoutes(app, schema, app.adapters), upcast: buildUpcast(app, schema) }
}

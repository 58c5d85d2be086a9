import { benchApp } from "./app.ts"

export default benchApp

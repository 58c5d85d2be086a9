import { lastingApp } from "./lasting-app.ts"

export default lastingApp()

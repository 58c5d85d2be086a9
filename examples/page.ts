export { pageBeside } from "../test/examples/page.ts"

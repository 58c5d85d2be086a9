import { readFileSync } from "node:fs"
import { Argument, Command } from "commander"
import {
  alterOption,
  appIs,
  appOption,
  flag,
  jsonOption,
  namesOf,
  notedOf,
  placeOptions,
  portOf,
  valued,
} from "./options.ts"
import { complain } from "./print.ts"

/** Runs the command line, and resolves to its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: "user" })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    return complain(error)
  }
}

/** Every verb with its options. What a verb needs is loaded only when it is said. */
function program(): Command {
  const root = new Command("daybook")
    .description("Commands in, events kept, everything that was ever true can be asked")
    .version(version(), "-V, --version")
    .exitOverride()
    .showHelpAfterError("(--help says more)")
    .addHelpText("after", "\nEvery option can be given in the environment too: --data as DAYBOOK_DATA, and so on.")
  root.addCommand(serveVerb(root))
  root.addCommand(newVerb(root))
  root.addCommand(testVerb(root))
  root.addCommand(importVerb(root))
  root.addCommand(exportVerb(root))
  root.addCommand(streamsVerb(root))
  root.addCommand(checkVerb(root))
  root.addCommand(verifyVerb(root))
  root.addCommand(rebuildVerb(root))
  root.addCommand(archiveVerb(root))
  root.addCommand(backupVerb(root))
  root.addCommand(moveVerb(root))
  return root
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url)
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version
}

function verb(root: Command, name: string, description: string): Command {
  return new Command(name).copyInheritedSettings(root).description(description)
}

// With the options that say where a daybook is kept.
function placed(command: Command): Command {
  for (const option of placeOptions()) command.addOption(option)
  return command
}

function serveVerb(root: Command): Command {
  return placed(
    verb(root, "serve", "serve an app over HTTP")
      .addArgument(new Argument("<app>", appIs))
      .addOption(valued("--port <port>", "0 takes a free one").default(4000, "4000").argParser(portOf))
      .addOption(valued("--host <host>", "the address to listen on").default("127.0.0.1"))
      .addOption(flag("--dev", "believe who says who asks, on loopback only, and show the app's seed"))
      .addOption(alterOption())
      .addOption(valued("--queue <url>", "a NATS server or cluster, nats://…"))
      .action(async (app, options) => (await import("./serve.ts")).serve(app, options)),
  )
}

function newVerb(root: Command): Command {
  return verb(root, "new", "write a small app to begin with")
    .addArgument(new Argument("<dir>", "a folder that is not there yet, or is empty"))
    .addOption(valued("--name <name>", "the app's name (default: the folder's)"))
    .addOption(jsonOption())
    .action(async (folder, options) => (await import("./new.ts")).newApp(folder, options))
}

function testVerb(root: Command): Command {
  return verb(root, "test", "run the tests beside an app, by Node's own runner")
    .addArgument(new Argument("[files...]", "files or patterns (default: whatever is named *.test.ts)"))
    .action(async files => (await import("./test.ts")).test(files))
}

function importVerb(root: Command): Command {
  return placed(
    verb(root, "import", "take in an event log, or what export has printed")
      .addArgument(new Argument("<file>", "JSON Lines, CSV or XES, each also gzipped; - reads standard input"))
      .addOption(appOption())
      .addOption(valued("--name <name>", "what the log is called (default: the file's name)"))
      .addOption(valued("--columns <role=column,…>", "where a log says case, activity, transition, at, resource"))
      .addOption(valued("--encoding <encoding>", "of a text that is neither UTF-8 nor says what it is"))
      .addOption(flag("--again", "ask for every line again, also for those that were refused"))
      .addOption(flag("--effects", "let effects run for what a log tells, as if it happened now"))
      .addOption(alterOption())
      .addOption(flag("--skip-errors", "exit with 0 although lines were refused"))
      .addOption(jsonOption())
      .action(async (file, options) => (await import("./import.ts")).importFile(file, options)),
  )
}

function exportVerb(root: Command): Command {
  return placed(
    verb(root, "export", "print recorded events, one JSON object a line, in order")
      .addOption(valued("--after <t>", "only what came after this transaction, or after this instant"))
      .addOption(valued("--types <types>", "only events of these types").argParser(namesOf))
      .action(async options => (await import("./export.ts")).exportEvents(options)),
  )
}

function streamsVerb(root: Command): Command {
  return placed(
    verb(root, "streams", "list the streams, or the events of one")
      .addArgument(new Argument("[type]", "only streams of this entity type"))
      .addOption(valued("--id <id>", "print the events of this stream"))
      .addOption(jsonOption())
      .action(async (type, options) => (await import("./streams.ts")).streams(type, options)),
  )
}

function checkVerb(root: Command): Command {
  return placed(
    verb(root, "check", "look whether a new version of an app fits what is stored, and change nothing")
      .addArgument(new Argument("<app>", appIs))
      .addOption(alterOption())
      .addOption(jsonOption())
      .action(async (app, options) => (await import("./check.ts")).check(app, options)),
  )
}

function verifyVerb(root: Command): Command {
  return placed(
    verb(root, "verify", "look whether everything is as it was recorded")
      .addOption(appOption())
      .addOption(valued("--noted <n:hash>", "look whether what was clean then is still there").argParser(notedOf))
      .addOption(jsonOption())
      .action(async options => (await import("./verify.ts")).verify(options)),
  )
}

function rebuildVerb(root: Command): Command {
  return placed(
    verb(root, "rebuild", "build projections again from the first event on")
      .addArgument(new Argument("[projections...]", "their names (default: all)"))
      .addOption(appOption().makeOptionMandatory())
      .addOption(alterOption())
      .addOption(jsonOption())
      .action(async (names, options) => (await import("./rebuild.ts")).rebuild(names, options)),
  )
}

function archiveVerb(root: Command): Command {
  return placed(
    verb(root, "archive", "move commands that ended long ago out of the way of those that live")
      .addOption(valued("--older-than <moment>", "an instant, or a length of time like P90D").default("P90D"))
      .addOption(valued("--restore <ids>", "bring these back instead").argParser(namesOf))
      .addOption(jsonOption())
      .action(async options => (await import("./archive.ts")).archive(options)),
  )
}

function backupVerb(root: Command): Command {
  return placed(
    verb(root, "backup", "write a consistent copy, also while a server runs")
      .addArgument(new Argument("<file>", "a file that is not there yet"))
      .addOption(jsonOption())
      .action(async (file, options) => (await import("./backup.ts")).backup(file, options)),
  )
}

function moveVerb(root: Command): Command {
  return verb(root, "move", "move a whole daybook to another store, as it was recorded")
    .addOption(valued("--from <place>", "the folder, or the database, postgres://…").makeOptionMandatory())
    .addOption(valued("--to <place>", "an empty folder or database").makeOptionMandatory())
    .addOption(flag("--follow", "copy while the source is served, and finish when it is served no more"))
    .addOption(flag("--finish", "let nobody write the source any more, and finish"))
    .addOption(flag("--undo", "serve the source again, as long as nothing was written at the target"))
    .addOption(jsonOption())
    .action(async options => (await import("./move.ts")).move(options))
}

#!/usr/bin/env node
/** `boya`: one command a file under cli/; each is loaded when it is asked for, so that the broker starts at once. */

import { Command, InvalidArgumentError, Option } from 'commander'
import { version } from './config/config.ts'

const LOAD_NOTES = `
An entity that brings an @context is read with its own; the others with that of --context.
Entities are sent as they are written, and those of one id in the order of the file.
With --mode history each Attribute is one instance or an array of them (temporal representation); each stands where its
observedAt says, so that their order does not matter, and a file can be loaded again.
With --csv-map each row is an entity, or instances of a history; the map is described in docs/csv-map.md.
What the broker refuses stands with the reason in refused-<time>.ndjson in this folder.
Ends with 0 where all was stored, 1 where something was refused, 2 where it could not be done.`

const EXPORT_NOTES = `
Reads the store that the settings name (BOYA_STORE), also while a broker runs on it. Each entity is written whole, in
one of the states that it had meanwhile; end the broker first for all of one moment. What has expired is left out.
Two exports of what has not changed are equal, byte by byte. A file is written beside FILE and takes its name when it is
complete. To keep it small: boya export | gzip > FILE.gz
Ends with 0 where all is written, 2 where it could not be done.`

const IMPORT_NOTES = `
Writes into the store that the settings name (BOYA_STORE); tenants are made, system times and the order of creation kept.
What is there already and is the same stays: an import that was interrupted is begun again with the same file. What is
there and differs is refused, unless --replace is given.
Try it with --dry-run first: an import stores while it reads, also what stands before a line that is wrong.
A compressed file: gunzip -c FILE.gz | boya import -
What is refused stands with the reason in refused-<time>.ndjson in this folder.
Ends with 0 where all was stored, 1 where something was refused, 2 where it could not be done.`

/** As for `load`: it could not be done. */
const WRONG_USAGE = 2

/** Some places of buses a second, and one at least. */
const DEMO_SPEED = 30

const program = new Command('boya')
  .description('An NGSI-LD context broker (ETSI GS CIM 009 V1.9.1).')
  .version(version)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : WRONG_USAGE))

program
  .command('serve')
  .description('start the broker; settings are environment variables, see docs/configuration.md')
  .action(async () => (await import('./cli/serve.ts')).serve())

program
  .command('config')
  .description('show the settings in force, without secrets')
  .option('--markdown', 'print the reference of all settings instead')
  .action(async (options: { markdown?: boolean }) => (await import('./cli/show-config.ts')).showConfig(options))

program
  .command('load')
  .description('load entities from files (NDJSON, JSON arrays, single documents, CSV), URLs, or - for standard input')
  .argument('<sources...>', 'files, URLs or -')
  .option('--url <url>', "the broker (default: where this machine's Boya listens)")
  .option('--tenant <name>', 'tenant to load into')
  .option('--context <url|file>', '@context of entities that bring none; a file is hosted by the broker')
  .option('--batch <n>', 'entities in one request (default: 500), instances of one history (default: 1000)', positive)
  .option('--csv-map <file>', 'the sources are CSV, and this file says what their columns mean')
  .addOption(
    new Option(
      '--mode <mode>',
      'upsert (create, or replace what exists), create, update (append attributes), or history (add instances to what entities were)',
    )
      .choices(['upsert', 'create', 'update', 'history'])
      .default('upsert'),
  )
  .addHelpText('after', LOAD_NOTES)
  .action(async (sources: string[], options) => (await import('./cli/load.ts')).load(sources, options))

program
  .command('export')
  .description('write all that the store has, or one tenant, as lines of JSON: a backup, or for another store')
  .addOption(new Option('--all', 'all tenants, and the id of the broker (the default)').conflicts('tenant'))
  .option('--tenant <name>', "this tenant alone; '' is the default tenant")
  .option('--output <file>', 'where to; - is standard output', '-')
  .addHelpText('after', EXPORT_NOTES)
  .action(async (options) => (await import('./cli/export.ts')).exportCommand(options))

program
  .command('import')
  .description('read what boya export wrote (a file, URL, or - for standard input) into the store')
  .argument('<source>', 'a file, URL or -')
  .option('--dry-run', 'check every line and say what would be done; nothing is written, no store and no tenant made')
  .option('--tenant <name>', 'import into this tenant; of a file with several tenants --only says which')
  .option('--only <name>', "import this tenant of the file alone; '' is the default tenant")
  .option('--replace', 'what is there and differs becomes what it is in the file')
  .addHelpText('after', IMPORT_NOTES)
  .action(async (source: string, options) => (await import('./cli/import.ts')).importCommand(source, options))

program
  .command('demo')
  .description('start a broker on a temporary store, with a part of Santander in it, where buses drive')
  .option('--speed <factor>', 'how fast they drive; 1: as they did', factor, DEMO_SPEED)
  .option('--no-replay', 'let them stand')
  .action(async (options: { speed: number; replay: boolean }) => (await import('./cli/demo.ts')).demo(options))

function positive(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new InvalidArgumentError('expected a whole number above 0')
}

function factor(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('expected a number above 0, such as 10 or 0.5')
}

await program.parseAsync()

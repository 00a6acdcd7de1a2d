#!/usr/bin/env node
/** `boya`: one command a file under cli/; each is loaded when it is asked for, so that the broker starts at once. */

import { Command, InvalidArgumentError, Option } from 'commander'
import { version } from './config/config.ts'

const LOAD_NOTES = `
An entity that brings an @context is read with its own; the others with that of --context.
Entities are sent as they are written, and those of one id in the order of the file.
What the broker refuses stands with the reason in refused-<time>.ndjson in this folder.
Ends with 0 where all was stored, 1 where something was refused, 2 where it could not be done.`

/** As for `load`: it could not be done. */
const WRONG_USAGE = 2

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
  .description('load entities from files (NDJSON, JSON arrays, single documents), URLs, or - for standard input')
  .argument('<sources...>', 'files, URLs or -')
  .option('--url <url>', "the broker (default: where this machine's Boya listens)")
  .option('--tenant <name>', 'tenant to load into')
  .option('--context <url|file>', '@context of entities that bring none; a file is hosted by the broker')
  .option('--batch <n>', 'entities in one request', positive, 500)
  .addOption(
    new Option('--mode <mode>', 'upsert (create, or replace what exists), create, or update (append attributes)')
      .choices(['upsert', 'create', 'update'])
      .default('upsert'),
  )
  .addHelpText('after', LOAD_NOTES)
  .action(async (sources: string[], options) => (await import('./cli/load.ts')).load(sources, options))

program
  .command('demo')
  .description('start a broker on a temporary store, with a part of Santander in it')
  .action(async () => (await import('./cli/demo.ts')).demo())

function positive(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new InvalidArgumentError('expected a whole number above 0')
}

await program.parseAsync()

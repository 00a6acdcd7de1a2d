/** `boya demo` */

import { ConfigError, version } from '../config/config.ts'
import { environment } from '../config/env.ts'
import { exitForSettings } from './configured.ts'
import { demoCommands, fillIn } from './demo-commands.ts'
import { startDemo } from './start-demo.ts'
import { explainStartFailure } from './start-failure.ts'
import { untilEnded } from './until-ended.ts'

/** Runs until it is told to end, then removes what it stored. Ends the process. */
export async function demo(): Promise<void> {
  const ended = untilEnded()
  const running = await startDemo(environment()).catch((error: Error) => {
    if (error instanceof ConfigError) return exitForSettings(error)
    process.stderr.write(`boya demo: ${explainStartFailure(error)}\n`)
    return process.exit(1)
  })
  process.stdout.write(welcome(running))
  await ended
  await running.close()
  process.exit(0)
}

function welcome({
  url,
  context,
  loaded,
}: {
  readonly url: string
  readonly context: string
  readonly loaded: number
}) {
  const commands = demoCommands.map((each, i) => `${i + 1}. ${each.title}\n\n${fillIn(each, url, context)}\n`)
  return `
Boya ${version} on ${url} with ${loaded} bus stops, parking spots and traffic sensors of Santander.
Origins and licences: examples/santander/README.md (among them datos.santander.es, CC BY 4.0).

${commands.join('\n')}
The API, to read and to try: ${url}/docs
Ctrl-C ends the demo and removes what it stored.
`
}

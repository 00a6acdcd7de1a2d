/** `boya demo` */

import { ConfigError, version } from '../config/config.ts'
import { environment } from '../config/env.ts'
import { exitForSettings } from './configured.ts'
import { chartAddress, demoCommands, fillIn, receiverCommand, subscribeCommand } from './demo-commands.ts'
import { type RunningReplay, startReplay } from './replay/start-replay.ts'
import { type Demo, readBuses, startDemo } from './start-demo.ts'
import { explainStartFailure } from './start-failure.ts'
import { untilEnded } from './until-ended.ts'

interface DemoOptions {
  /** Whether the buses drive. */
  readonly replay: boolean
  /** How much faster than they did. */
  readonly speed: number
}

/** Runs until it is told to end, then removes what it stored. Ends the process. */
export async function demo(options: DemoOptions): Promise<void> {
  const ended = untilEnded()
  const running = await startDemo(environment()).catch((error: Error) => {
    if (error instanceof ConfigError) return exitForSettings(error)
    process.stderr.write(`boya demo: ${explainStartFailure(error)}\n`)
    return process.exit(1)
  })
  process.stdout.write(welcome(running, options))
  const replay = options.replay ? await drive(running, options.speed) : undefined
  await ended
  const result = await replay?.stop()
  await running.close()
  if (result !== undefined) process.stdout.write(`${result}\n`)
  process.exit(0)
}

async function drive({ url, context }: Demo, speed: number): Promise<RunningReplay> {
  return startReplay({ url, context, positions: await readBuses(), speed, output: process.stderr })
}

function welcome(demo: Demo, options: DemoOptions): string {
  const { url, context, loaded, stations } = demo
  const commands = demoCommands.map((each, i) => `${i + 1}. ${each.title}\n\n${fillIn(each, url, context)}\n`)
  return `
Boya ${version} on ${url} with ${loaded} bus stops, parking spots and traffic sensors of Santander, and a winter of ${stations} bicycle stations.
Origins and licences: examples/santander/README.md (among them datos.santander.es, CC BY 4.0).

${commands.join('\n')}
${options.replay ? subscribing(demo, options.speed) : ''}The winter as a chart: ${chartAddress(url, context)}
The API, to read and to try: ${url}/docs
Ctrl-C ends the demo and removes what it stored.

`
}

function subscribing({ url, context }: Demo, speed: number): string {
  const pace = speed === 1 ? 'as fast as they did' : `${speed} times as fast as they did (--speed 1: as they did)`
  return `The buses drive, ${pace}. In another terminal, a receiver that prints what it is sent:

${receiverCommand}

${subscribeCommand.title}, then:

${fillIn(subscribeCommand, url, context)}

`
}

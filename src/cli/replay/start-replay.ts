/** The buses of a demo drive, and it is shown what is told of them. */

import { CommandError } from '../command-error.ts'
import { type BrokerClient, createBrokerClient, explain } from '../load/broker-client.ts'
import type { Terminal } from '../progress.ts'
import { pause } from './pause.ts'
import type { Position } from './positions.ts'
import { replay } from './replay.ts'
import { createStatusLine, type StatusLine } from './status-line.ts'
import { readTold, textOf } from './told.ts'

export interface RunningReplay {
  /** Ends it and resolves with what it came to, in words. */
  stop(): Promise<string>
}

interface ReplayOf {
  /** Of the broker. */
  readonly url: string
  /** URL of the @context of the positions. */
  readonly context: string
  readonly positions: readonly Position[]
  /** How much faster than it was. */
  readonly speed: number
  /** Where it is shown how far it is, and why it ended where that was too early. */
  readonly output: Terminal
}

const LOOK_MS = 1_000

export function startReplay({ url, context, positions, speed, output }: ReplayOf): RunningReplay {
  const client = createBrokerClient({ url, tenant: undefined, context })
  const ending = new AbortController()
  const line = createStatusLine(output)
  let sent = 0
  const send = async (position: Position) => {
    await sendTo(client, position)
    sent++
  }
  const state = async () => `${sent} positions of buses sent, ${textOf(await readTold(url))}`
  const failed = (error: unknown) => {
    if (!(error instanceof CommandError)) throw error
    line.end()
    output.write(`boya demo: the buses have stopped: ${error.message}\n`)
  }
  const ended = replay(positions, { speed, signal: ending.signal, send }).catch(failed)
  const shown = showing(state, line, ending.signal).catch(failed)
  return {
    stop: async () => {
      ending.abort()
      await Promise.all([ended, shown])
      return state()
    },
  }
}

/** An Entity that is not there is created. Throws CommandError where it is refused. */
async function sendTo(client: BrokerClient, { text }: Position): Promise<void> {
  const answer = await client.postBatch('upsert?options=update', `[${text}]`, false)
  if (answer.status !== 201 && answer.status !== 204)
    throw new CommandError(`the broker refuses a position: ${explain(answer)}`)
}

async function showing(state: () => Promise<string>, line: StatusLine, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    line.show(await state())
    await pause(LOOK_MS, signal)
  }
  line.end()
}

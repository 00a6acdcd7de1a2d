/** How far a load is: a bar on a terminal, a line now and then elsewhere. On standard error: the result goes to standard output. */

import type { Options } from 'cli-progress'

interface State {
  /** Bytes read. */
  readonly bytes: number
  /** Entities that the broker has answered for. */
  readonly entities: number
  readonly refused: number
}

export interface Progress {
  show(state: State): void
  stop(): void
}

export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** `total`: bytes, where they are known. */
export async function createProgress(total: number | undefined, output: Terminal): Promise<Progress> {
  return output.isTTY === true ? bar(total) : lines(total, output)
}

const BAR = '{bar} {percentage}% · {entities} entities · {rate}/s · {refused} refused · {eta_formatted} left'
const COUNTER = '{entities} entities · {rate}/s · {refused} refused'

async function bar(total: number | undefined): Promise<Progress> {
  const { default: progress } = await import('cli-progress')
  const options: Options = { format: total === undefined ? COUNTER : BAR, etaBuffer: 50, barsize: 30 }
  const line = new progress.SingleBar(options, progress.Presets.shades_classic)
  const started = Date.now()
  line.start(total ?? 0, 0, { entities: 0, rate: 0, refused: 0 })
  return {
    show: ({ bytes, entities, refused }) => line.update(bytes, { entities, refused, rate: rateOf(entities, started) }),
    stop: () => line.stop(),
  }
}

const LINE_MS = 5_000

function lines(total: number | undefined, output: Terminal): Progress {
  const started = Date.now()
  let last = started
  return {
    show: ({ bytes, entities, refused }) => {
      if (Date.now() - last < LINE_MS) return
      last = Date.now()
      const share = total ? `${Math.floor((100 * bytes) / total)}% · ` : ''
      output.write(`${share}${entities} entities · ${rateOf(entities, started)}/s · ${refused} refused\n`)
    },
    stop: () => undefined,
  }
}

function rateOf(entities: number, started: number): number {
  return Math.round((entities * 1000) / Math.max(1, Date.now() - started))
}

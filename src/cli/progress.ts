/** How far a command is: a bar on a terminal, a line now and then elsewhere. On standard error: the result goes to standard output. */

import type { Options } from 'cli-progress'

interface State {
  /** Of the total: bytes read, or entities where the total is a number of these. */
  readonly done: number
  /** Entities that are through; absent where only their history is looked at. */
  readonly entities?: number
  /** Instances of evolutions that are through, where there may be some. */
  readonly instances?: number
  /** Subscriptions that are through, where there may be some. */
  readonly subscriptions?: number
  /** Absent where nothing can be refused. */
  readonly refused?: number
}

export interface Progress {
  show(state: State): void
  stop(): void
}

export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** `total`: what `done` is going to be in the end, where it is known. */
export async function createProgress(total: number | undefined, output: Terminal): Promise<Progress> {
  return output.isTTY === true ? bar(total) : lines(total, output)
}

const BAR = '{bar} {percentage}% · {state} · {eta_formatted} left'
const COUNTER = '{state}'

async function bar(total: number | undefined): Promise<Progress> {
  const { default: progress } = await import('cli-progress')
  const options: Options = { format: total === undefined ? COUNTER : BAR, etaBuffer: 50, barsize: 30 }
  const line = new progress.SingleBar(options, progress.Presets.shades_classic)
  const started = Date.now()
  line.start(total ?? 0, 0, { state: '' })
  return {
    show: (state) => line.update(state.done, { state: textOf(state, started) }),
    stop: () => line.stop(),
  }
}

const LINE_MS = 5_000

function lines(total: number | undefined, output: Terminal): Progress {
  const started = Date.now()
  let last = started
  return {
    show: (state) => {
      if (Date.now() - last < LINE_MS) return
      last = Date.now()
      const share = total ? `${Math.floor((100 * state.done) / total)}% · ` : ''
      output.write(`${share}${textOf(state, started)}\n`)
    },
    stop: () => undefined,
  }
}

function textOf({ entities, instances = 0, subscriptions = 0, refused }: State, started: number): string {
  const rate = Math.round((((entities ?? 0) + instances) * 1000) / Math.max(1, Date.now() - started))
  const [first, ...others] = [
    ...(entities === undefined ? [] : [`${entities} entities`]),
    ...(instances === 0 && entities !== undefined ? [] : [`${instances} instances`]),
    ...(subscriptions === 0 ? [] : [`${subscriptions} subscriptions`]),
    ...(refused === undefined ? [] : [`${refused} refused`]),
  ]
  return [first, `${rate}/s`, ...others].join(' · ')
}

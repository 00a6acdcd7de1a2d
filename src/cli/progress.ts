/** How far a command is: a bar on a terminal, a line now and then elsewhere. On standard error: the result goes to standard output. */

import type { Options } from 'cli-progress'

interface State {
  /** Of the total: bytes read, or entities where the total is a number of these. */
  readonly done: number
  /** Entities that are through, or instances of their history. */
  readonly entities: number
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

/** `total`: what `done` is going to be in the end, where it is known; `kind`: what `entities` are. */
export async function createProgress(
  total: number | undefined,
  output: Terminal,
  kind: Kind = 'entities',
): Promise<Progress> {
  return output.isTTY === true ? bar(total, kind) : lines(total, output, kind)
}

type Kind = 'entities' | 'instances'

const BAR = '{bar} {percentage}% · {state} · {eta_formatted} left'
const COUNTER = '{state}'

async function bar(total: number | undefined, kind: Kind): Promise<Progress> {
  const { default: progress } = await import('cli-progress')
  const options: Options = { format: total === undefined ? COUNTER : BAR, etaBuffer: 50, barsize: 30 }
  const line = new progress.SingleBar(options, progress.Presets.shades_classic)
  const started = Date.now()
  line.start(total ?? 0, 0, { state: '' })
  return {
    show: (state) => line.update(state.done, { state: textOf(state, kind, started) }),
    stop: () => line.stop(),
  }
}

const LINE_MS = 5_000

function lines(total: number | undefined, output: Terminal, kind: Kind): Progress {
  const started = Date.now()
  let last = started
  return {
    show: (state) => {
      if (Date.now() - last < LINE_MS) return
      last = Date.now()
      const share = total ? `${Math.floor((100 * state.done) / total)}% · ` : ''
      output.write(`${share}${textOf(state, kind, started)}\n`)
    },
    stop: () => undefined,
  }
}

function textOf({ entities, subscriptions = 0, refused }: State, kind: Kind, started: number): string {
  const rate = Math.round((entities * 1000) / Math.max(1, Date.now() - started))
  const others = subscriptions === 0 ? '' : ` · ${subscriptions} subscriptions`
  return `${entities} ${kind} · ${rate}/s${others}${refused === undefined ? '' : ` · ${refused} refused`}`
}

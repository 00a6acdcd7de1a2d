/**
 * A Ctrl-C comes twice where npm was asked to run Boya: the terminal signals both, and npm passes its own signal on.
 * Milliseconds.
 */
const SAME_SIGNAL_MS = 500

/** Resolves with the first signal to end; a second one, that is not the first again, ends the process at once. */
export function untilEnded(): Promise<NodeJS.Signals> {
  let first: number | undefined
  return whenSignalled(() => {
    first ??= performance.now()
    if (performance.now() - first > SAME_SIGNAL_MS) process.exit(1)
  })
}

/**
 * The same for a worker, which waits for the process that started it: a terminal signals both, and so does that process,
 * so it is told more than once.
 */
export function untilToldToEnd(): Promise<NodeJS.Signals> {
  return whenSignalled(() => undefined)
}

function whenSignalled(each: () => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const end = (signal: NodeJS.Signals) => {
      each()
      resolve(signal)
    }
    process.on('SIGTERM', end)
    process.on('SIGINT', end)
  })
}

/** Resolves with the first signal to end; the second one ends the process at once. */
export function untilEnded(): Promise<NodeJS.Signals> {
  let ending = false
  return whenSignalled(() => {
    if (ending) process.exit(1)
    ending = true
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

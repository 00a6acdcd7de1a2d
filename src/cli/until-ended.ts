/** Resolves with the first signal to end; the second one ends the process at once. */
export function untilEnded(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let ending = false
    const end = (signal: NodeJS.Signals) => {
      if (ending) process.exit(1)
      ending = true
      resolve(signal)
    }
    process.on('SIGTERM', end)
    process.on('SIGINT', end)
  })
}

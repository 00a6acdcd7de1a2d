/**
 * How much is done at once. Our own, for of the usual libraries one does not let go who waits (p-limit), and the other
 * brings a time limit and events of its own (p-queue).
 */
export interface Places {
  /**
   * Resolves when there is a place, first come, first served; what it resolves with gives the place back. Rejects with
   * the signal's reason, and waits no more, when that aborts.
   */
  take(signal: AbortSignal): Promise<() => void>
}

/** `most`: places. */
export function createPlaces(most: number): Places {
  let free = most
  /** In the order in which they came. */
  const waiting = new Set<() => void>()
  const giveBack = (): void => {
    const [next] = waiting
    if (next === undefined) free++
    else next()
  }
  return {
    take: (signal) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(begin)
          reject(signal.reason)
        }
        const begin = (): void => {
          waiting.delete(begin)
          signal.removeEventListener('abort', leave)
          resolve(giveBack)
        }
        if (signal.aborted) return leave()
        signal.addEventListener('abort', leave, { once: true })
        if (free === 0) return void waiting.add(begin)
        free--
        begin()
      }),
  }
}

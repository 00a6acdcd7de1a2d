/** The time for which an instance may act, as far as that instance can tell by itself. */

/** Milliseconds that only grow, and are compared within one process only: `performance.now`. */
export type Monotonic = () => number

export interface Term {
  /**
   * Aborted from when this instance may not act any more. To be asked before each step: a process that stood still
   * learns of it then, before its timers run.
   */
  signal(): AbortSignal
}

export interface RunningTerm extends Term {
  /** Moves the end; a term that is over stays over. */
  until(end: number): void
  end(): void
}

export function startTerm(end: number, now: Monotonic): RunningTerm {
  const controller = new AbortController()
  let endsAt = end
  let timer: NodeJS.Timeout | undefined

  const abort = (): void => {
    clearTimeout(timer)
    controller.abort()
  }
  const signal = (): AbortSignal => {
    if (now() >= endsAt) abort()
    return controller.signal
  }
  /** Who does not ask, because a step takes long, is told. */
  const arm = (): void => {
    clearTimeout(timer)
    if (!signal().aborted) timer = setTimeout(arm, endsAt - now()).unref()
  }
  arm()
  return {
    signal,
    until: (later) => {
      if (signal().aborted) return
      endsAt = later
      arm()
    },
    end: abort,
  }
}

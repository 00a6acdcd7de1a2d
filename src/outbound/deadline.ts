/** A time limit and a caller's abort signal as one signal, without a listener left behind. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Whether it was the time that ran out. */
  isOver(): boolean
  /** As `work`, but rejects as soon as the signal aborts, whenever `work` hears of that. */
  within<T>(work: Promise<T>): Promise<T>
  clear(): void
}

/** Begins at once; `clear` it, however the work ends: it keeps the process alive. */
export function createDeadline(timeoutMs: number, signal?: AbortSignal): Deadline {
  const controller = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
  })
  ended.catch(() => undefined)
  let over = false
  const timer = setTimeout(() => {
    over = true
    controller.abort()
  }, timeoutMs)
  const abort = (): void => controller.abort()
  if (signal?.aborted === true) controller.abort()
  signal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    isOver: () => over,
    within: (work) => Promise.race([work, ended]),
    clear: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** A time limit and a caller's abort signal as one signal, without a listener left behind. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Whether it was the time that ran out. */
  isOver(): boolean
  clear(): void
}

export function createDeadline(timeoutMs: number, signal?: AbortSignal): Deadline {
  const controller = new AbortController()
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
    clear: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

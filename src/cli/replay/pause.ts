import { setTimeout as wait } from 'node:timers/promises'

/** Resolves after so many milliseconds, or when the signal says that there is nothing to wait for any more. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error
  })
}

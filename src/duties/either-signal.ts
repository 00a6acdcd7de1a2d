export interface EitherSignal {
  readonly signal: AbortSignal
  /** To be called when nobody asks it any more: it does not follow the others then. */
  clear(): void
}

/**
 * Aborted when one of them is. Our own, for `AbortSignal.any` leaves something behind with each call for as long as the
 * signals live (Node 20), and those of an instance live as long as it does.
 */
export function eitherSignal(...signals: readonly AbortSignal[]): EitherSignal {
  const either = new AbortController()
  const abort = (): void => either.abort()
  if (signals.some(({ aborted }) => aborted)) abort()
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true })
  return {
    signal: either.signal,
    clear: () => {
      for (const signal of signals) signal.removeEventListener('abort', abort)
    },
  }
}

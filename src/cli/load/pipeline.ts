/** A few requests under way at once, and never two that have an entity in common: its last state wins, as in the file. */

interface Pipeline<T> {
  /** Resolves when the request has been started. Throws what a request before it failed with. */
  start(request: T): Promise<void>
  /** Resolves when all have ended. Throws what one of them failed with. */
  drain(): Promise<void>
}

/** `idsOf` gives the entities that a request is about. */
export function createPipeline<T>(
  maxUnderWay: number,
  idsOf: (request: T) => readonly (string | undefined)[],
  send: (request: T) => Promise<void>,
): Pipeline<T> {
  const underWay = new Map<Promise<void>, ReadonlySet<string>>()
  let failure: { readonly error: unknown } | undefined

  const check = () => {
    if (failure !== undefined) throw failure.error
  }
  const mustWait = (ids: ReadonlySet<string>) =>
    underWay.size >= maxUnderWay || [...underWay.values()].some((others) => shares(ids, others))

  return {
    start: async (request) => {
      const ids = new Set(idsOf(request).filter((id) => id !== undefined))
      while (mustWait(ids)) await Promise.race(underWay.keys())
      check()
      const sending = send(request)
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => underWay.delete(sending))
      underWay.set(sending, ids)
    },
    drain: async () => {
      await Promise.all(underWay.keys())
      check()
    },
  }
}

function shares(ids: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const id of ids) if (others.has(id)) return true
  return false
}

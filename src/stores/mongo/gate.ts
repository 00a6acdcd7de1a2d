/** What is under way when a store is closed is finished first, and nothing is begun any more. */

export interface Gate {
  /** The same, whose methods are refused once the gate is closed. */
  behind<T extends object>(store: T): T
  /** Throws where the gate is closed. */
  check(): void
  /** Resolves when all that has passed is done. */
  close(): Promise<void>
}

type Method = (...given: unknown[]) => Promise<unknown>

export function createGate(): Gate {
  const underWay = new Set<Promise<unknown>>()
  let isClosed = false
  const check = (): void => {
    if (isClosed) throw new Error('the store is closed')
  }
  const pass = async (work: () => Promise<unknown>): Promise<unknown> => {
    check()
    const done = work().finally(() => underWay.delete(done))
    underWay.add(done)
    return done
  }
  return {
    check,
    behind: <T extends object>(store: T): T => {
      const guarded = Object.entries(store).map(([name, member]: [string, Method | number]) => {
        if (typeof member !== 'function') return [name, member]
        const through: Method = (...given) => pass(() => member(...given))
        return [name, through]
      })
      // The same names, each with what it had, as far as its callers can tell.
      return Object.fromEntries(guarded) as T
    },
    close: async () => {
      isClosed = true
      await Promise.allSettled([...underWay])
    },
  }
}

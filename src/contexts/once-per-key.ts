/** Work under way, by key: who asks for the same meanwhile gets the same. */
export interface OncePerKey<T> {
  run(key: string, work: () => Promise<T>): Promise<T>
  /** As `run`, but settles for `otherwise` when the work has been under way for `patienceMs`; it goes on. */
  within(key: string, work: () => Promise<T>, patienceMs: number, otherwise: T): Promise<T>
}

/** Nothing is kept of work that has ended: who asks then begins it anew. */
export function createOncePerKey<T>(): OncePerKey<T> {
  const underWay = new Map<string, { readonly result: Promise<T>; readonly since: number }>()

  const start = (key: string, work: () => Promise<T>): { readonly result: Promise<T>; readonly since: number } => {
    const known = underWay.get(key)
    if (known !== undefined) return known
    const entry = { result: work().finally(() => underWay.delete(key)), since: performance.now() }
    underWay.set(key, entry)
    return entry
  }
  return {
    run: (key, work) => start(key, work).result,
    within: async (key, work, patienceMs, otherwise) => {
      const { result, since } = start(key, work)
      const rest = patienceMs - (performance.now() - since)
      if (rest <= 0) return otherwise
      let timer: NodeJS.Timeout | undefined
      const impatience = new Promise<T>((resolve) => {
        timer = setTimeout(() => resolve(otherwise), rest)
      })
      return await Promise.race([result, impatience]).finally(() => clearTimeout(timer))
    },
  }
}

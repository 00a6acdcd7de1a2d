/** Work done one after the other, by key. */
export interface InTurn {
  /** Begins when all that was given for the key before has ended, whether well or not. Throws what `work` throws. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>
}

/** Keeps nothing of a key when nothing of it is under way. */
export function createInTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return {
    run: (key, work) => {
      const result = (last.get(key) ?? Promise.resolve()).then(work)
      const ended = result
        .catch(() => undefined)
        .then(() => {
          if (last.get(key) === ended) last.delete(key)
        })
      last.set(key, ended)
      return result
    },
  }
}

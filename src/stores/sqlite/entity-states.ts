/** States of entities as they were last read, so that what is remembered of them can be used without a look at them. */

/** By their `rid`; as `stateOf` (pages.ts) gives them. */
export interface EntityStates {
  get(rid: number): string | undefined
  set(rid: number, state: string): void
  /** The entity is written. */
  delete(rid: number): void
  clear(): void
}

/** At most `most`. All are forgotten when there are too many: to know which was used last costs as much as to look one up. */
export function createEntityStates(most: number): EntityStates {
  const states = new Map<number, string>()
  return {
    get: (rid) => states.get(rid),
    set: (rid, state) => {
      if (states.size >= most) states.clear()
      states.set(rid, state)
    },
    delete: (rid) => {
      states.delete(rid)
    },
    clear: () => states.clear(),
  }
}

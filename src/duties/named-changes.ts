/** What a document says by which instances on one store tell one another what has changed: pure. */

export interface NamedChanges {
  /** How many changes there have been. */
  readonly changes: number
  /** What the last of them were of, one name for each change, the latest at the end. */
  readonly last: readonly string[]
}

/** Changes that are named: who knows less reads all. */
const NAMED = 100

/** `current`: undefined where nothing has changed yet. */
export function movedOn(current: NamedChanges | undefined, ids: readonly string[]): NamedChanges {
  const { changes, last } = current ?? { changes: 0, last: [] }
  return { changes: changes + ids.length, last: [...last, ...ids].slice(-NAMED) }
}

/** Those that have changed since there had been so many changes, each once; undefined where that is not known any more. */
export function changedSince({ changes, last }: NamedChanges, known: number): readonly string[] | undefined {
  const missed = changes - known
  if (missed < 0 || missed > last.length) return undefined
  return missed === 0 ? [] : [...new Set(last.slice(-missed))]
}

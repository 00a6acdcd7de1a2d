/**
 * In the order of their ids. A server may hold what a bulk has written until all of it is: two bulks that write the same
 * in different orders would wait for each other.
 */
export function inLockOrder<T>(all: readonly T[], idOf: (one: T) => string): readonly T[] {
  return all.toSorted((a, b) => {
    const [one, other] = [idOf(a), idOf(b)]
    return one < other ? -1 : one > other ? 1 : 0
  })
}

/**
 * Notices, whose ids end with their positions after a dot, in the order of these, whatever is done with them: so what is
 * revived or moved comes in its order, wherever that is broken off.
 */
export function inNoticeOrder<T>(all: readonly T[], idOf: (one: T) => string): readonly T[] {
  return inLockOrder(all, (one) => idOf(one).slice(idOf(one).indexOf('.') + 1))
}

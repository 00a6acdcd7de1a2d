/** How long the place of a worker stays empty: not at all, but where one after the other ends right at its start. */

/** Milliseconds of service after which a worker did not end because of how it was started. */
const STEADY_MS = 2_000
const FIRST_MS = 1_000
const LONGEST_MS = 15_000

/** For one place. Told how long a worker has served (milliseconds), it returns those until the next is started. */
export function createBackOff(): (servedMs: number) => number {
  let early = 0
  return (servedMs) => {
    early = servedMs < STEADY_MS ? early + 1 : 0
    return early < 2 ? 0 : Math.min(FIRST_MS * 2 ** (early - 2), LONGEST_MS)
  }
}

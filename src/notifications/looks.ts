/**
 * In which Tenants it is looked whether something is owed. Who commits something tells of it; what nobody lives to tell of
 * is found by a look at all, which follows whenever an instance comes, goes, or was taken for dead. To look opens the
 * database of a Tenant, of which there may be thousands: so beside that some are looked at in turn, whatever happens.
 */

export interface Looks {
  /** Looks at all, and at those anew that were looked at just now. */
  lookAtAll(): void
  /** Begins no other look, and waits for the one that is under way. */
  close(): Promise<void>
}

interface LooksDeps {
  /** Those that have subscriptions. */
  readonly tenants: () => readonly string[]
  /** May reject: then it is tried again. */
  readonly lookIn: (tenant: string) => Promise<void>
  /** Called with the first of the errors, when there are such after there were none. */
  readonly failed: (error: unknown) => void
  /** Called from time to time, before some Tenants are looked at. */
  readonly onTurn: () => void
  /** Milliseconds from one turn to the next, and until a store that failed is asked again. */
  readonly turnMs: number
  readonly againMs: number
}

/** Tenants that are looked at in one turn: where there are no more it is all. */
const IN_TURN = 4

export function createLooks({ tenants, lookIn, failed, onTurn, turnMs, againMs }: LooksDeps): Looks {
  const toLook = new Set<string>()
  const failing = new Set<string>()
  /** Those that are not looked at yet of a round through all. */
  let round: string[] = []
  let turnAt = performance.now()
  let isClosed = false
  let isFailing = false
  let looking: Promise<void> | undefined

  const look = async (): Promise<void> => {
    const errors: unknown[] = []
    // What is to be looked at behind it comes to its end again.
    for (const tenant of toLook) {
      if (isClosed) return
      toLook.delete(tenant)
      await lookIn(tenant).catch((error: unknown) => {
        errors.push(error)
        failing.add(tenant)
      })
    }
    if (errors.length > 0 && !isFailing) failed(errors[0])
    isFailing = errors.length > 0 || failing.size > 0
  }
  const lookAt = (some: Iterable<string>): void => {
    for (const tenant of some) toLook.add(tenant)
    if (toLook.size === 0 || isClosed) return
    looking ??= look().finally(() => {
      looking = undefined
      lookAt([])
    })
  }
  const takeTurn = (): void => {
    turnAt = performance.now()
    onTurn()
    if (round.length === 0) round = [...tenants()]
    lookAt(round.splice(0, IN_TURN))
  }
  const timer = setInterval(() => {
    if (performance.now() - turnAt >= turnMs) takeTurn()
    const again = [...failing]
    failing.clear()
    lookAt(again)
  }, againMs).unref()
  return {
    lookAtAll: () => lookAt(tenants()),
    close: async () => {
      isClosed = true
      clearInterval(timer)
      await looking
    },
  }
}

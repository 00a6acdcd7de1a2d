/** The room's door for the operations on Subscriptions. */

import type { Subscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { NoticeStore } from '../ports/notices.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Announce } from './announcing.ts'
import type { Figures } from './figures.ts'
import type { Moves } from './moves.ts'
import { isOfStream, queueOf } from './queue-name.ts'
import type { Sender } from './sender.ts'
import type { OpenSubscribers } from './subscribers.ts'

interface NotifierDeps {
  readonly announce: Announce
  readonly subscribers: Pick<OpenSubscribers, 'learn' | 'subscriptionOf' | 'count'>
  readonly figures: Pick<Figures, 'of' | 'drop'>
  readonly notices: Pick<NoticeStore, 'drop' | 'backlog' | 'settled' | 'revive'>
  readonly moves: Pick<Moves, 'move'>
  readonly sender: Sender
  readonly clock: Clock
  /** Whether there are no other instances that tell of what changes. */
  readonly isAlone: () => boolean
}

export function createNotifier(deps: NotifierDeps): Notifier {
  const { announce, subscribers, figures, notices, moves, sender, clock, isAlone } = deps
  const known = async (call: Call, id: string): Promise<Subscription | undefined> => {
    await subscribers.learn(call.tenant, id)
    return await subscribers.subscriptionOf(call, id)
  }
  return {
    count: subscribers.count,
    changing: async (call, id, change) => {
      const before = await subscribers.subscriptionOf(call, id)
      // Before it as well: who changes it may die before it can say that it did.
      await announce(call.tenant, id)
      try {
        return await change()
      } finally {
        // After a failure, too: nobody knows what it left.
        await announce(call.tenant, id)
        const after = await known(call, id)
        // Elsewhere, who tells of its queue goes on until it knows: it moves what is left then (read-piece.ts).
        if (before !== undefined && after !== undefined && isAlone()) moveOwed(moves, call, before, after)
      }
    },
    figures: async (call, id) => {
      const { attempts: _, nextAttempt: __, ...rest } = await figures.of(call, id)
      return rest
    },
    drop: async (call, id) => {
      await notices.drop(call, id)
      await figures.drop(call, id)
    },
    state: async (call, id, { most, since }) => {
      const [{ attempts = [], nextAttempt, timesGivenUp = 0, ...rest }, backlog, dead] = await Promise.all([
        figures.of(call, id),
        notices.backlog(call, id),
        notices.settled(call, id, 'dead', most, since),
      ])
      const isTriedAgain = backlog.count > 0 && nextAttempt !== undefined && nextAttempt !== null
      return {
        figures: rest,
        timesGivenUp,
        backlog,
        ...(isTriedAgain && { nextAttempt }),
        attempts: attempts.toReversed(),
        dead,
      }
    },
    redeliver: (call, { id, endpoint }, which) => notices.revive(call, id, queueOf(endpoint.uri), which, clock.now()),
    send: async (call, endpoint, outgoing) => {
      const at = clock.now()
      const { ok, ...outcome } = await sender.send(endpoint, outgoing, call.signal())
      const { status } = outcome
      return {
        ok,
        ...(status !== undefined && { status }),
        ...('reason' in outcome && { reason: outcome.reason }),
        milliseconds: clock.now() - at,
      }
    },
  }
}

/**
 * What was owed before goes to the new endpoint, and there before what comes to be owed later. The connection of a stream
 * gathers for itself, and tells nothing before it has found nothing elsewhere (stream-reader.ts): what somebody else took
 * meanwhile it would not miss.
 */
function moveOwed(moves: Pick<Moves, 'move'>, { tenant }: Call, before: Subscription, after: Subscription): void {
  const queue = queueOf(after.endpoint.uri)
  if (queueOf(before.endpoint.uri) !== queue && !isOfStream(queue)) void moves.move(tenant, after.id, queue)
}

/** Removes streams whose clients have not come back, or that are too many, and gives up what one that is too far behind is owed. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { NoticeStore } from '../ports/notices.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import { tooMany as tooManyWait } from './given-up.ts'
import { type InTenantsDeps, inTenants } from './in-tenants.ts'
import type { LeftStreams } from './left-streams.ts'
import type { SubscriptionOf } from './pace-of.ts'
import { isOfStream, queueOf } from './queue-name.ts'
import type { StreamDocuments } from './stream-documents.ts'

interface ForgetStreamsDeps extends InTenantsDeps {
  readonly streams: Pick<StreamDocuments, 'list' | 'remove' | 'reset'>
  readonly notices: Pick<NoticeStore, 'queues' | 'owed' | 'backlog' | 'settle' | 'requeue' | 'drop'>
  readonly subscriptionOf: SubscriptionOf
  readonly left: Pick<LeftStreams, 'isLeft' | 'isDue' | 'tooMany'>
  readonly clock: Clock
  readonly delivery: DeliverySettings
}

/** Notices given up in one step, so that nobody is delayed. */
const STEP = { notices: 500, bytes: 4_194_304 } as const

/** A Tenant whose database fails is logged, and goes on with the others. Ends early where the signal is aborted. */
export function forgetStreams(deps: ForgetStreamsDeps, signal: Call['signal']): Promise<void> {
  const failed = 'streams that nobody reads any more could not be removed'
  return inTenants(deps, signal, failed, (call) => forgetIn(deps, call, signal))
}

async function forgetIn(deps: ForgetStreamsDeps, call: Call, signal: Call['signal']): Promise<void> {
  const { streams, left } = deps
  const queues = new Set<string>()
  const all = await streams.list(call)
  const tooMany = new Set(left.tooMany(all.filter((stream) => !left.isDue(stream))))
  for (const stream of all) {
    if (signal().aborted) return
    const { id, endpoint } = stream.stored.subscription
    const isDue = tooMany.has(stream) ? left.isLeft : left.isDue
    if (isDue(stream) && (await streams.remove(call, id, isDue))) continue
    queues.add(queueOf(endpoint.uri))
    await giveUpOldest(deps, call, id, queueOf(endpoint.uri))
  }
  await gatherStrays(deps, call, queues)
}

async function giveUpOldest(
  { streams, notices, clock, delivery }: ForgetStreamsDeps,
  call: Call,
  id: string,
  queue: string,
): Promise<void> {
  let excess = (await notices.backlog(call, id)).count - delivery.maxBacklog
  // Said before it is done: a client may come back between.
  if (excess > 0) await streams.reset(call, id)
  while (excess > 0) {
    const oldest = await notices.owed(call, queue, { ...STEP, notices: Math.min(STEP.notices, excess) })
    const at = clock.now()
    await notices.settle(
      call,
      oldest.map((notice) => ({ id: notice.id, state: 'dead', at, reason: tooManyWait(delivery) })),
    )
    // Its client has come back meanwhile, and has another queue.
    if (oldest.length === 0) return
    excess -= oldest.length
  }
}

/** What was owed by instances that did not know yet that a stream is another connection's, or is none any more. */
async function gatherStrays(
  { notices, subscriptionOf }: ForgetStreamsDeps,
  call: Call,
  known: ReadonlySet<string>,
): Promise<void> {
  for (const queue of await notices.queues(call)) {
    if (!isOfStream(queue) || known.has(queue)) continue
    const [{ subscription } = { subscription: undefined }] = await notices.owed(call, queue, { notices: 1, bytes: 0 })
    if (subscription === undefined) continue
    const current = await subscriptionOf(call, subscription)
    if (current === undefined) await notices.drop(call, subscription)
    else await notices.requeue(call, subscription, queueOf(current.endpoint.uri))
  }
}

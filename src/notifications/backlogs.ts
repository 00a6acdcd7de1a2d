import { LRUCache } from 'lru-cache'
import type { Call } from '../ports/call.ts'
import type { NoticeStore } from '../ports/notices.ts'
import type { DeliverySettings } from './delivery-settings.ts'

interface BacklogsDeps {
  readonly call: Call
  readonly notices: Pick<NoticeStore, 'backlog'>
  readonly settings: DeliverySettings
}

/** Milliseconds for which a count that is far from the limit is good enough: to count is not for nothing. */
const KNOWN_MS = 10_000
const KNOWN = 10_000

/** How much waits for a subscription, as exactly as it is needed to tell whether that is too much. */
export function createBacklogs({ call, notices, settings }: BacklogsDeps): (subscription: string) => Promise<number> {
  const known = new LRUCache<string, number>({ max: KNOWN, ttl: KNOWN_MS })
  return async (subscription) => {
    const before = known.get(subscription)
    if (before !== undefined) return before
    const { count } = await notices.backlog(call, subscription)
    if (count < settings.maxBacklog / 2) known.set(subscription, count)
    return count
  }
}

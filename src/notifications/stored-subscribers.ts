/** Subscriptions and streams as they lie in the store: to those who match they are the same. */

import type { StoredSubscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { isStreamId, STREAM, type StoredStream, SUBSCRIPTION } from '../ports/subscription-documents.ts'

type Documents = Pick<DocumentStore, 'get' | 'list'>

/** Undefined where there is none. */
export async function getSubscriber(
  documents: Pick<Documents, 'get'>,
  call: Call,
  id: string,
): Promise<StoredSubscription | undefined> {
  if (!isStreamId(id)) return (await documents.get(call, SUBSCRIPTION, id)) as StoredSubscription | undefined
  return ((await documents.get(call, STREAM, id)) as StoredStream | undefined)?.stored
}

export async function listSubscribers(
  documents: Pick<Documents, 'list'>,
  call: Call,
): Promise<readonly StoredSubscription[]> {
  const [subscriptions, streams] = await Promise.all([documents.list(call, SUBSCRIPTION), documents.list(call, STREAM)])
  return [
    ...subscriptions.map(({ document }) => document as StoredSubscription),
    ...streams.map(({ document }) => (document as StoredStream).stored),
  ]
}

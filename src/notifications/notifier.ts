/** The room's door for the operations on Subscriptions. */

import type { NoticeStore } from '../ports/notices.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { DocumentStore } from '../ports/store.ts'
import { SUBSCRIPTION_FIGURES } from '../ports/subscription-documents.ts'
import type { Announce } from './announcing.ts'
import type { Figures } from './figures.ts'
import type { OpenSubscribers } from './subscribers.ts'

interface NotifierDeps {
  readonly announce: Announce
  readonly subscribers: Pick<OpenSubscribers, 'learn'>
  readonly figures: Pick<Figures, 'of'>
  readonly notices: Pick<NoticeStore, 'drop'>
  readonly documents: Pick<DocumentStore, 'delete'>
}

export function createNotifier({ announce, subscribers, figures, notices, documents }: NotifierDeps): Notifier {
  return {
    changing: async ({ tenant }, id, change) => {
      // Before it as well: who changes it may die before it can say that it did.
      await announce(tenant, id)
      try {
        return await change()
      } finally {
        // After a failure, too: nobody knows what it left.
        await announce(tenant, id)
        await subscribers.learn(tenant, id)
      }
    },
    figures: figures.of,
    drop: async (call, id) => {
      await notices.drop(call, id)
      await documents.delete(call, SUBSCRIPTION_FIGURES, id)
    },
  }
}

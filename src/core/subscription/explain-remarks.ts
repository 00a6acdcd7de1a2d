/** What beside its conditions decides when a Subscription is told, for people. */

import { fromInstant } from '../model/date-time.ts'
import type { Entity } from '../model/entity.ts'
import type { StoredSubscription, Subscription } from './subscription.ts'

export function explainRemarks({ subscription, createdAt }: StoredSubscription, entity: Entity): readonly string[] {
  const { throttling, endpoint, representation } = subscription
  return [
    ...explainTriggers(subscription),
    ...(entity.modifiedAt < createdAt && subscription.timeInterval === undefined
      ? [
          `The entity has not changed since the subscription was created at ${fromInstant(createdAt)}; what was there before is not told (5.8.6).`,
        ]
      : []),
    ...(representation.datasetIds === undefined || subscription.timeInterval !== undefined
      ? []
      : ['datasetId: what changes in other datasets alone is not told.']),
    ...(throttling === undefined
      ? []
      : [`throttling: what changes within ${throttling} s after a notification is told together when they are over.`]),
    ...(endpoint.cooldown === undefined
      ? []
      : [`cooldown: after a failure nothing is sent to the endpoint for ${endpoint.cooldown} ms.`]),
  ]
}

function explainTriggers({ condition, timeInterval }: Subscription): readonly string[] {
  if (timeInterval !== undefined) {
    return [`timeInterval: all entities that match are told every ${timeInterval} s, whether they change or not.`]
  }
  return [
    `notificationTrigger: ${condition.triggers.join(', ')}. What changes otherwise is not told, nor is an Attribute that is written again with the same value.`,
  ]
}

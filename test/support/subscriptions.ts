/** Subscriptions and entities for tests that need no broker. */

import type { AttributeInstance, Attributes, Entity, Json } from '../../src/core/model/entity.ts'
import type { Condition, Endpoint, Representation, Subscription } from '../../src/core/subscription/subscription.ts'

export const THEN = Date.UTC(2026, 0, 1)

export interface Asked extends Partial<Omit<Subscription, 'condition' | 'representation' | 'endpoint'>> {
  readonly condition?: Partial<Condition>
  readonly representation?: Partial<Representation>
  readonly endpoint?: Partial<Endpoint>
}

/** To all changes of Attributes, told as they are, where nothing else is asked. */
export function subscriptionOf({ condition, representation, endpoint, ...more }: Asked = {}): Subscription {
  return {
    id: 'urn:ngsi-ld:Subscription:1',
    condition: { triggers: ['attributeCreated', 'attributeUpdated'], ...condition },
    representation: {
      ...{ format: 'normalized', sysAttrs: false, showChanges: false, join: { kind: 'none', level: 0 } },
      ...representation,
    },
    endpoint: {
      ...{ uri: 'http://example.org/notify', accept: 'application/json', receiverInfo: [], notifierInfo: [] },
      ...endpoint,
    },
    isActive: true,
    jsonldContext: 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld',
    ...more,
  }
}

export function instance(
  type: AttributeInstance['type'],
  value: Json,
  more: Partial<AttributeInstance> = {},
): AttributeInstance {
  return { type, value, createdAt: THEN, modifiedAt: THEN, ...more }
}

export function property(value: Json, more: Partial<AttributeInstance> = {}): AttributeInstance {
  return instance('Property', value, more)
}

export function building(attributes: Attributes, more: Partial<Entity> = {}): Entity {
  return { id: 'urn:b:1', types: ['urn:T:Building'], createdAt: THEN, modifiedAt: THEN, attributes, ...more }
}

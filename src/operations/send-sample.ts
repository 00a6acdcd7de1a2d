import { randomUUID } from 'node:crypto'
import type { Entity } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import { madeUpEntity, sampleFilter, toldAsSample } from '../core/subscription/sample.ts'
import type { Subscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { ContextResolver } from '../ports/contexts.ts'
import type { Outgoing } from '../ports/notification.ts'
import type { SendOutcome } from '../ports/notifier.ts'
import { createNotification } from './notification.ts'
import type { SubscriptionContext } from './operation-context.ts'
import { storedSubscription } from './retrieve-subscription.ts'

export interface SentSample {
  readonly outcome: SendOutcome
  readonly outgoing: Outgoing
  /** Whether no entity of the store was found that could be told of. */
  readonly isMadeUp: boolean
}

interface SampleDeps {
  readonly operations: SubscriptionContext
  readonly contexts: ContextResolver
}

/**
 * Boya's own: sends a Notification as those of a Subscription are, marked as a sample, whether it is active or not, once.
 * It counts nowhere. Throws ResourceNotFound; Conflict where nothing would be left of any entity.
 */
export async function sendSample(deps: SampleDeps, call: Call, id: string): Promise<SentSample> {
  const { operations } = deps
  const { subscription } = await storedSubscription(operations, call, id)
  const own = await matchingEntity(operations, call, subscription)
  const found = own && (await sampleOf(deps, call, subscription, own))
  const outgoing = found ?? (await sampleOf(deps, call, subscription, madeUp(operations, subscription)))
  if (outgoing === undefined) throw nothingLeft()
  const outcome = await operations.notifier.send(call, subscription.endpoint, outgoing)
  return { outcome, outgoing, isMadeUp: found === undefined }
}

function madeUp({ clock }: SubscriptionContext, subscription: Subscription): Entity {
  return madeUpEntity(subscription, clock.now())
}

async function sampleOf(
  deps: SampleDeps,
  call: Call,
  subscription: Subscription,
  entity: Entity,
): Promise<Outgoing | undefined> {
  const told = toldAsSample(subscription, entity, deps.operations.clock.now())
  const id = `urn:ngsi-ld:Notification:sample:${randomUUID()}`
  const outgoing = await createNotification(deps, call, subscription, id, [told])
  return outgoing && { ...outgoing, isSample: true }
}

/** Milliseconds that an entity is looked for: the sample is what is waited for. */
const SEARCH_MS = 2_000

/** Undefined where none is found in time. */
async function matchingEntity(
  { store }: SubscriptionContext,
  call: Call,
  subscription: Subscription,
): Promise<Entity | undefined> {
  const ended = new AbortController()
  const timer = setTimeout(() => ended.abort(), SEARCH_MS)
  const signal = AbortSignal.any([call.signal(), ended.signal])
  const search = { ...call, signal: () => signal }
  try {
    const { ids } = await store.entities.walk(search, sampleFilter(subscription), 1)
    const [found] = await store.entities.retrieveMany(search, ids)
    return found?.read()
  } catch (error) {
    if (error instanceof Problem && error.kind === 'TooComplexQuery' && !call.signal().aborted) return undefined
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function nothingLeft(): Problem {
  return new Problem('Conflict', 'pick, omit and datasetId of the subscription leave nothing of an entity to be told')
}

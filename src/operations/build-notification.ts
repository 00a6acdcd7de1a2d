/** Notifications of changes, and those of a timeInterval (5.8.6), ready to be sent. */

import { stringifyJson } from '../core/model/json-text.ts'
import { Problem } from '../core/model/problems.ts'
import type { Subscription } from '../core/subscription/subscription.ts'
import { filterOf, type Told } from '../core/subscription/tell.ts'
import type { Call } from '../ports/call.ts'
import type { Build, BuildPeriodic } from '../ports/notification.ts'
import type { ShowChange } from '../ports/streams.ts'
import { meetsLinked } from './linked-query.ts'
import { createNotification, type NotificationDeps } from './notification.ts'
import { notificationContext } from './notification-context.ts'
import { showTold } from './shown-told.ts'

/** Rejects where the store does not answer: it is to be asked again later. */
export function createBuild(deps: NotificationDeps): Build {
  return async (call, { subscription, id, told }) => {
    const certain: Told[] = []
    for (const each of told) if (await isToTell(deps, call, subscription, each)) certain.push(each)
    return await createNotification(deps, call, subscription, id, certain)
  }
}

/** As a Notification would have it in its `data`. Rejects where the store does not answer. */
export function createShowChange(deps: NotificationDeps): ShowChange {
  return async (call, subscription, told) => {
    if (!(await isToTell(deps, call, subscription, told))) return undefined
    const { terms } = await notificationContext(deps.contexts, call, subscription)
    const [entity] = await showTold(deps.operations, call, subscription, terms, [told])
    return entity === undefined ? undefined : stringifyJson(entity).text
  }
}

/** Who cannot be asked in whole is told: rather once too often than not. */
async function isToTell(
  { operations }: NotificationDeps,
  call: Call,
  { id, condition }: Subscription,
  { inDoubt }: Told,
): Promise<boolean> {
  if (inDoubt === undefined || condition.q === undefined) return true
  try {
    return await meetsLinked(operations, call, inDoubt, condition.q)
  } catch (error) {
    if (!(error instanceof Problem && error.kind === 'TooManyResults')) throw error
    const fields = { tenant: call.tenant, subscription: id, entity: inDoubt.id, reason: error.detail }
    call.log.warn(fields, 'the q of a subscription leads too far to be asked; it is told')
    return true
  }
}

/** Entities of a step; a page of them lies in memory. */
const STEP = 100

/** Rejects with TooManyResults where there are more than a page may have, and where the store does not answer. */
export function createBuildPeriodic(deps: NotificationDeps): BuildPeriodic {
  return async (call, subscription, id) =>
    createNotification(deps, call, subscription, id, await matching(deps, call, subscription))
}

/** What exists all the time is met once, whatever is made and deleted meanwhile. */
async function matching(
  { operations: { store, limits } }: NotificationDeps,
  call: Call,
  { condition }: Subscription,
): Promise<readonly Told[]> {
  const filter = filterOf(condition)
  const told: Told[] = []
  let bytes = 0
  let cursor: string | undefined
  do {
    const { ids, next } = await store.entities.walk(call, filter, STEP, cursor)
    for (const found of await store.entities.retrieveMany(call, ids)) {
      bytes += found.size
      if (bytes > limits.pageBytes) throw tooLarge(limits.pageBytes)
      told.push({ entity: found.read() })
    }
    cursor = next
  } while (cursor !== undefined)
  return told
}

function tooLarge(most: number): Problem {
  return new Problem(
    'TooManyResults',
    `the entities of the notification have more than ${most} bytes together (BOYA_MAX_PAGE_BYTES); divide the subscription into several that select less`,
  )
}

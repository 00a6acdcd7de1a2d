/** Whether an entity that comes whole, system times and all, is one that clients could have made of it: by the rules for these. */

import { normalizeDateTime } from '../model/date-time.ts'
import type { AttributeInstance, Attributes, Entity, Instant } from '../model/entity.ts'
import { isDeeperThan } from '../model/json-depth.ts'
import { badRequest } from '../model/problems.ts'
import { show } from '../model/show.ts'
import { withAliases } from './aliased-terms.ts'
import { type DecodeContext, decodeEntity } from './decode-entity.ts'
import type { DecodeLimits } from './decoder.ts'
import { differenceOf } from './difference.ts'
import { fault } from './path.ts'
import { renderEntity } from './render-entity.ts'

/**
 * A check that throws BadRequestData unless an entity, sent as it is shown, would be stored as it is, but for its system
 * times (4.5: representations are lossless): so there is no second set of rules. `context.terms`: those of the core alone.
 * A JSON pointer in what is thrown is one into what would be shown.
 */
export function createCreatableCheck(context: DecodeContext): (entity: Entity) => void {
  const { terms, forget } = withAliases(context)
  const naming = { ...context, terms }
  return (entity) => {
    checkTimes(entity, entity.id)
    checkAttributes(entity.attributes, context.limits)
    const sent = renderEntity(entity, { format: 'normalized', sysAttrs: false, terms })
    const difference = differenceOf(entity, decodeEntity(sent, naming))
    forget()
    if (difference === undefined) return
    const { at, found, read } = difference
    throw fault(at, `no client can have made this: ${show(found)} would have been stored as ${show(read)}`)
  }
}

/** Throws BadRequestData where times or values cannot be what clients send. */
export function checkAttributes(attributes: Attributes, limits: DecodeLimits): void {
  for (const name in attributes) {
    for (const instance of attributes[name] ?? []) {
      checkTimes(instance, name)
      checkInstance(name, instance, limits)
      if (instance.attributes !== undefined) checkAttributes(instance.attributes, limits)
    }
  }
}

function checkInstance(name: string, { type, value }: AttributeInstance, { json: { depth } }: DecodeLimits): void {
  if (isDeeperThan(depth, value))
    throw badRequest(`the value of ${name} is more than ${depth} objects and arrays deep (BOYA_MAX_JSON_DEPTH)`)
  // What is shown is made from its items.
  if (type === 'ListRelationship' && !Array.isArray(value))
    throw badRequest(`the value of ${name}, a ${type}, is ${show(value)} and no array`)
}

interface SystemTimes {
  readonly createdAt: Instant
  readonly modifiedAt: Instant
  readonly expiresAt?: string
}

function checkTimes({ createdAt, modifiedAt, expiresAt }: SystemTimes, of: string): void {
  if (createdAt > modifiedAt)
    throw badRequest(`${of} was modified at ${modifiedAt}, before it was created at ${createdAt} (4.8)`)
  if (expiresAt !== undefined && normalizeDateTime(expiresAt) !== expiresAt)
    throw badRequest(`${of} expires at ${show(expiresAt)}, which is no date and time in UTC (4.6.3)`)
}

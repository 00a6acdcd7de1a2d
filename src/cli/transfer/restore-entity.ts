/** An entity that comes whole from another store → what becomes of it in this one. */

import { isDeepStrictEqual } from 'node:util'
import { loadCoreContext } from '../../contexts/core-context.ts'
import { createCoreOnly } from '../../contexts/resolve.ts'
import { fromInstant } from '../../core/model/date-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import { stringifyJson } from '../../core/model/json-text.ts'
import { entityTooLarge, Problem } from '../../core/model/problems.ts'
import { createCreatableCheck } from '../../core/representation/creatable.ts'
import type { DecodeLimits } from '../../core/representation/decoder.ts'
import type { Change } from '../../ports/store.ts'

/** `expired`: since it was exported (4.22), so that there is nothing to store. */
export type EntityFate = 'created' | 'unchanged' | 'replaced' | 'expired'

/** An entity of a file, and of how many bytes its line is. */
export interface CarriedEntity {
  readonly entity: Entity
  readonly bytes: number
}

/** Throws BadRequestData where no client could have created the entity within the limits. */
export type EntityCheck = (carried: CarriedEntity) => void

/** `entityBytes`: of the largest entity, as it is stored; `limits`: those for what clients send. */
export async function createEntityCheck(limits: DecodeLimits, entityBytes: number): Promise<EntityCheck> {
  const { terms } = createCoreOnly(await loadCoreContext())
  const check = createCreatableCheck({ terms, limits })
  return ({ entity, bytes }) => {
    check(entity)
    if (bytes > entityBytes / MOST_GROWTH) checkSize(entity, entityBytes)
  }
}

/** What a text may grow by when it is written anew: 1e20 has four characters, or 21. */
const MOST_GROWTH = 8

function checkSize(entity: Entity, entityBytes: number): void {
  const bytes = Buffer.byteLength(stringifyJson(entity).text)
  if (bytes > entityBytes) throw entityTooLarge(entity.id, bytes, entityBytes)
}

/**
 * The change that stores an entity with its own times where there is none. One that is there and is the same stays, so
 * that an import can be repeated, and is not even checked; one that differs makes it throw Conflict, unless it may be
 * replaced. Throws what the check throws.
 */
export function restoring(carried: CarriedEntity, check: EntityCheck, replace: boolean): Change<EntityFate> {
  return (current, now) => {
    const present = withoutExpired(carried.entity, now)
    if (current !== undefined && present !== undefined && isSame(current, present)) return { result: 'unchanged' }
    check(carried)
    if (present === undefined) return { result: 'expired' }
    if (current === undefined) return { entity: present, result: 'created' }
    if (!replace) throw differs(current, present)
    return { entity: present, result: 'replaced' }
  }
}

/** The texts are compared first, because 0 and -0 have one; and then what they say, in whatever order. */
function isSame(a: Entity, b: Entity): boolean {
  return stringifyJson(a).text === stringifyJson(b).text || isDeepStrictEqual(a, b)
}

function differs(current: Entity, { id, modifiedAt }: Entity): Problem {
  const times = `modified at ${fromInstant(current.modifiedAt)}, in the file at ${fromInstant(modifiedAt)}`
  return new Problem('Conflict', `the entity ${id} exists already, and differs: ${times}`)
}

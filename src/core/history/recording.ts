/** What a change of an entity adds to its evolution (4.3.1): "updating the Temporal Evolution of an Entity whenever the "current state" is modified". */

import type { EntityChange } from '../model/change.ts'
import { fromInstant, toInstant } from '../model/date-time.ts'
import { asDeleted } from '../model/deleted.ts'
import type { AttributeInstance, Entity, Instant } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { type Addition, type NewInstance, SCOPE } from './past-instance.ts'

/** Which Attributes (IRIs; SCOPE) of entities of these types have a history; without an Attribute, whether any may have one. */
export type Recorded = (types: readonly string[], attribute?: string) => boolean

/** What a change adds. Head: what is known of the evolution after it. */
export interface Recording {
  /** Of the entity as it was, or is now. */
  readonly id: string
  readonly types: readonly string[]
  /** Whether the entity is there after the change; where it is not, when it was deleted. */
  readonly deletedAt?: Instant
  readonly additions: readonly Addition[]
}

/** What one write made is one instance; what it left as it was makes none. Undefined where there is nothing to record. */
export function recordingOf(change: EntityChange, isRecorded: Recorded): Recording | undefined {
  const { before, after } = change
  const entity = after ?? before
  if (entity === undefined || !isRecorded(entity.types)) return undefined
  const additions = [...attributeAdditions(change), ...scopeAdditions(change)].filter(({ attribute }) =>
    isRecorded(entity.types, attribute),
  )
  const { id, types } = entity
  if (after === undefined) return { id, types, deletedAt: goneAt(change, before?.expiresAt), additions }
  // An evolution has all types that the entity ever had.
  const isNew = before === undefined || types.some((type) => !before.types.includes(type))
  return additions.length === 0 && !isNew ? undefined : { id, types, additions }
}

/** What messages that came late (late.ts) add, of an entity that is there. */
export function recordingOfLate(
  { id, types }: Entity,
  late: readonly Addition[],
  isRecorded: Recorded,
): Recording | undefined {
  const additions = late.filter(({ attribute }) => isRecorded(types, attribute))
  return additions.length === 0 || !isRecorded(types) ? undefined : { id, types, additions }
}

function* attributeAdditions(change: EntityChange): Generator<Addition> {
  const { before, after, now } = change
  for (const attribute in after?.attributes) {
    const was = before?.attributes[attribute]
    const is = after.attributes[attribute] ?? []
    if (was === is) continue
    for (const instance of is)
      if (isWritten(change, was, instance)) yield { attribute, instance: writtenOf(instance, now) }
  }
  for (const attribute in before?.attributes) {
    const is = after?.attributes[attribute]
    for (const instance of before.attributes[attribute] ?? []) {
      if (is?.some(({ datasetId }) => datasetId === instance.datasetId)) continue
      yield { attribute, instance: deletionOf(asDeleted(instance), now, goneAt(change, earliest(instance, before))) }
    }
  }
}

/** What lapses in an instance, its sub-Attributes, is written by nobody. */
function isWritten(
  { cause }: EntityChange,
  was: readonly AttributeInstance[] | undefined,
  is: AttributeInstance,
): boolean {
  return cause === 'write' && was?.includes(is) !== true
}

function writtenOf(instance: AttributeInstance, now: Instant): NewInstance {
  return { ...instance, createdAt: now, modifiedAt: now }
}

function deletionOf(instance: AttributeInstance, now: Instant, deletedAt: Instant): NewInstance {
  return { ...instance, createdAt: now, modifiedAt: now, deletedAt }
}

function earliest({ expiresAt }: AttributeInstance, entity: Entity): string | undefined {
  if (expiresAt === undefined || entity.expiresAt === undefined) return expiresAt ?? entity.expiresAt
  return toInstant(expiresAt) < toInstant(entity.expiresAt) ? expiresAt : entity.expiresAt
}

/** 4.22: what has expired was gone then, whenever it is purged. */
function goneAt({ cause, now }: EntityChange, expiresAt: string | undefined): Instant {
  return cause === 'write' || expiresAt === undefined ? now : toInstant(expiresAt)
}

/** 4.5.6: "the observedAt sub-Property should be set as a copy of the modifiedAt sub-Property". */
function* scopeAdditions(change: EntityChange): Generator<Addition> {
  const { before, after, now } = change
  const [was, is] = [before?.scopes, after?.scopes]
  if (was === is || (was !== undefined && is !== undefined && isSame(was, is))) return
  const times = { createdAt: now, modifiedAt: now }
  if (is !== undefined) {
    yield { attribute: SCOPE, instance: { type: 'Property', value: is, observedAt: fromInstant(now), ...times } }
  } else {
    const deletedAt = goneAt(change, before?.expiresAt)
    yield { attribute: SCOPE, instance: { type: 'Property', value: NGSI_LD_NULL, ...times, deletedAt } }
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((scope, i) => scope === b[i])
}

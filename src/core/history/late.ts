/** Late and repeated messages of devices: our own rules, for those types of which the operator says so. */

import type { AttributeInstance, Attributes, Entity, Instant } from '../model/entity.ts'
import { draftOf } from '../model/instances.ts'
import { stringifyJson } from '../model/json-text.ts'
import type { Addition } from './past-instance.ts'
import { microsOf } from './time-property.ts'

/** Whether a rule holds for entities of these types (IRIs). */
export type ForTypes = (types: readonly string[]) => boolean

export interface MessageRules {
  /** What was observed before the stored instance goes into the evolution, and leaves the current state as it is. */
  readonly late: ForTypes
  /** What is the same as the stored instance, its time as well, changes nothing. */
  readonly repeated: ForTypes
}

export interface InTime {
  /** The same object as before the change where nothing of it counts. */
  readonly entity: Entity
  /** For the evolution alone. */
  readonly additions: readonly Addition[]
}

/** What a change of an entity comes to by these rules. */
export function inTime(before: Entity, after: Entity, now: Instant, rules: MessageRules): InTime {
  const [late, repeated] = [rules.late(after.types), rules.repeated(after.types)]
  if (!late && !repeated) return { entity: after, additions: [] }
  const additions: Addition[] = []
  const kept = draftOf(after.attributes)
  for (const [attribute, was, is] of changed(before.attributes, after.attributes)) {
    const isLate = late && isOlder(is, was)
    if (isLate) additions.push({ attribute, instance: { ...is, createdAt: now, modifiedAt: now } })
    if (isLate || (repeated && isSame(was, is))) kept.put(attribute, was)
  }
  return { entity: unlessUnchanged(before, { ...after, attributes: kept.finish() }), additions }
}

function* changed(before: Attributes, after: Attributes): Generator<[string, AttributeInstance, AttributeInstance]> {
  for (const name in after) {
    if (after[name] === before[name]) continue
    for (const is of after[name] ?? []) {
      const was = before[name]?.find(({ datasetId }) => datasetId === is.datasetId)
      if (was !== undefined && was !== is) yield [name, was, is]
    }
  }
}

function isOlder({ observedAt: is }: AttributeInstance, { observedAt: was }: AttributeInstance): boolean {
  return is !== undefined && was !== undefined && microsOf(is) < microsOf(was)
}

function isSame(was: AttributeInstance, is: AttributeInstance): boolean {
  return stringifyJson(asSent(was)).text === stringifyJson(asSent(is)).text
}

/** In one order, without the times of the system. */
function asSent({ attributes, ...instance }: AttributeInstance): object {
  const members = Object.entries(instance).filter(([member]) => member !== 'createdAt' && member !== 'modifiedAt')
  const subs = Object.entries(attributes ?? {}).map(([name, some]) => [name, some.map(asSent)] as const)
  return [members.sort(byName), subs.sort(byName)]
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

/** An entity of which every part is the one that it had is the entity that it was. */
function unlessUnchanged(before: Entity, after: Entity): Entity {
  const { attributes: was, modifiedAt: _, ...restBefore } = before
  const { attributes: is, modifiedAt: __, ...restAfter } = after
  const isSameRest = JSON.stringify(restBefore) === JSON.stringify(restAfter)
  const names = Object.keys(is)
  const isSameAttributes =
    names.length === Object.keys(was).length && names.every((name) => isSameList(was[name] ?? [], is[name] ?? []))
  return isSameRest && isSameAttributes ? before : after
}

function isSameList(was: readonly AttributeInstance[], is: readonly AttributeInstance[]): boolean {
  return was.length === is.length && is.every((instance) => was.includes(instance))
}

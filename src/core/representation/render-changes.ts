/** What notifications say of a change, beside what is shown of entities anyway (5.8.6, 5.2.14.1). */

import { fromInstant } from '../model/date-time.ts'
import { isDeleted } from '../model/deleted.ts'
import type { AttributeInstance, Attributes, Instant, Json } from '../model/entity.ts'
import { instanceOf } from '../model/instances.ts'

/** Of one entity. */
export interface Changes {
  /** When it was deleted; absent where it was not. */
  readonly deletedAt?: Instant
  /** When those of its Attributes were that are (core/model/deleted.ts). */
  readonly attributesDeletedAt?: Instant
  /** Instances as they were, by their values. */
  readonly previous?: Attributes
}

/** What an instance was before; undefined where that is not told. */
export function previousInstance(
  { previous }: Changes,
  name: string,
  { datasetId }: AttributeInstance,
): AttributeInstance | undefined {
  return instanceOf(previous, name, datasetId)
}

/** Whether "only the name of the attribute as key and the URI "urn:ngsi-ld:null" as value shall be provided". */
export function isPlainlyDeleted(changes: Changes, name: string, instance: AttributeInstance): boolean {
  if (!isDeleted(instance) || instance.datasetId !== undefined) return false
  return previousInstance(changes, name, instance) === undefined
}

/** value → previousValue, languageMap → previousLanguageMap, and so on. */
export function previousMember(member: string): string {
  return `previous${member.charAt(0).toUpperCase()}${member.slice(1)}`
}

/** "in the case of a deletion also deletedAt" */
export function renderDeletion(deletedAt: Instant | undefined, into: Record<string, Json>): void {
  if (deletedAt !== undefined) into.deletedAt = fromInstant(deletedAt)
}

/** Ids of instances (4.5.7). They are made of what an instance is, not of where it stands: so it takes its id along to another store. */

import type { Instant } from '../../core/model/entity.ts'

export interface InstanceName {
  /** What series-key.ts makes of its entity, Attribute and dataset. */
  readonly series: string
  readonly createdAt: Instant
  /** Distinguishes those of one series that came in one millisecond. */
  readonly number: number
}

const PREFIX = 'urn:ngsi-ld:Instance:'
const FORMAT = /^urn:ngsi-ld:Instance:([\w-]{22})-(-?[0-9a-z]{1,10})-([0-9a-z]{1,11})$/

/** The URI (4.5.7) by which the API names an instance: the same in every store. It keeps it, whatever becomes of it. */
export function instanceIdOf({ series, createdAt, number }: InstanceName): string {
  return `${PREFIX}${series}-${createdAt.toString(36)}-${number.toString(36)}`
}

/** Undefined where no instance has ever had such an id. */
export function instanceNameOf(id: string): InstanceName | undefined {
  const [, series, created, number] = FORMAT.exec(id) ?? []
  if (series === undefined || created === undefined || number === undefined) return undefined
  const name = { series, createdAt: Number.parseInt(created, 36), number: Number.parseInt(number, 36) }
  return instanceIdOf(name) === id ? name : undefined
}

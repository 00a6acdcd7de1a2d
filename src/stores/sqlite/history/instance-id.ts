/** Ids of instances (4.5.7): where in which series an instance stands. */

import type { Instant } from '../../../core/model/entity.ts'

export interface InstanceKey {
  readonly sid: number
  readonly created_at: Instant
  readonly n: number
}

const PREFIX = 'urn:ngsi-ld:Instance:'
const FORMAT = /^urn:ngsi-ld:Instance:([0-9a-z]{1,10})-(-?[0-9a-z]{1,10})-([0-9a-z]{1,10})$/

export function instanceIdOf({ sid, created_at, n }: InstanceKey): string {
  return `${PREFIX}${sid.toString(36)}-${created_at.toString(36)}-${n.toString(36)}`
}

/** Undefined where no instance has ever had such an id. */
export function instanceKeyOf(id: string): InstanceKey | undefined {
  const [, sid, created, n] = FORMAT.exec(id) ?? []
  if (sid === undefined || created === undefined || n === undefined) return undefined
  const key = { sid: Number.parseInt(sid, 36), created_at: Number.parseInt(created, 36), n: Number.parseInt(n, 36) }
  return instanceIdOf(key) === id ? key : undefined
}

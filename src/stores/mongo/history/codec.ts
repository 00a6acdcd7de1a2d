import type { Addition, NewInstance, PastInstance } from '../../../core/history/past-instance.ts'
import { decodeInstance as decodeRow, encodeInstance, FORM, FORMS, TIMED } from '../../common/instance-row.ts'
import type { AddedInstance, InstanceDocument, StoredInstance } from './stored.ts'

export function storedInstance(instance: NewInstance): StoredInstance {
  const { at, created_at, kind, value, modified_at, deleted_at, rest } = encodeInstance(instance)
  const form = Math.floor(kind / FORM) % 8
  return {
    ...{ at, c: created_at, k: kind, v: value },
    f: form === FORMS.number ? 0 : form === FORMS.boolean ? 1 : 2,
    ...(modified_at !== null && { m: modified_at }),
    ...(deleted_at !== null && { x: deleted_at }),
    ...(rest !== null && { r: rest }),
    ...((kind & TIMED) === TIMED && { t: true }),
  }
}

export function addedInstance({ attribute, instance }: Addition): AddedInstance {
  return { a: attribute, d: instance.datasetId ?? '', ...storedInstance(instance) }
}

const PREFIX = 'urn:ngsi-ld:Instance:'

export function instanceIdOf(id: string): string {
  return PREFIX + id
}

/** Undefined where no instance has ever had such an id. */
export function documentIdOf(instanceId: string): string | undefined {
  return instanceId.startsWith(PREFIX) ? instanceId.slice(PREFIX.length) : undefined
}

export function pastInstance({ _id, id = _id, at, c, k, v, m, x, r }: InstanceDocument, dataset: string): PastInstance {
  const optional = { modified_at: m ?? null, deleted_at: x ?? null, rest: r ?? null }
  return decodeRow({ at, created_at: c, kind: k, value: v, ...optional }, instanceIdOf(id), dataset)
}

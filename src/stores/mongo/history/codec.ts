import type { Addition, NewInstance, PastInstance } from '../../../core/history/past-instance.ts'
import { instanceIdOf } from '../../common/instance-id.ts'
import {
  decodeInstance as decodeRow,
  encodeInstance,
  FORM,
  FORMS,
  type InstanceRow,
  TIMED,
} from '../../common/instance-row.ts'
import { numberOf } from './instance-number.ts'
import type { AddedInstance, InstanceDocument, StoredInstance } from './stored.ts'

/** Of an instance the members that all of its documents have. */
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

/** As it stands in the document of its entity until it is moved. */
export function addedInstance({ attribute, instance }: Addition): AddedInstance {
  return { a: attribute, d: instance.datasetId ?? '', ...storedInstance(instance) }
}

/** `dataset`: that of its series, '' for the default one. */
export function pastInstance(document: InstanceDocument, dataset: string): PastInstance {
  const { s, c } = document
  const instanceId = instanceIdOf({ series: s, createdAt: c, number: numberOf(document) })
  return decodeRow(rowOf(document), instanceId, dataset)
}

/** As the row that is the same for all stores (instance-row.ts). */
export function rowOf({ at, c, k, v, m, x, r }: StoredInstance): InstanceRow {
  return { at, created_at: c, kind: k, value: v, modified_at: m ?? null, deleted_at: x ?? null, rest: r ?? null }
}

import { type Recording, recordingOf } from '../../../core/history/recording.ts'
import type { EntityChange } from '../../../core/model/change.ts'
import type { HistoryPolicy } from '../../../ports/history.ts'
import { addedInstance } from './codec.ts'
import type { AddedInstance, Past } from './stored.ts'

/** What a change of an entity does to its evolution; undefined where that is nothing. */
export function pastOf(change: EntityChange, { isRecorded, afterDeletion }: HistoryPolicy): Past | undefined {
  if (change.after === undefined && afterDeletion === 'delete') return { kind: 'deleteEvolution' }
  const recording = recordingOf(change, isRecorded)
  if (recording === undefined) return undefined
  const { types, deletedAt = null, additions } = recording
  return { kind: 'record', types, deletedAt, instances: additions.map(addedInstance) }
}

/** What came late: it takes the place of what was observed at the same time. */
export function latePast({ types, additions }: Recording): Past {
  return { kind: 'add', types, goesInto: false, instances: additions.map(addedInstance) }
}

/** Bytes, about. */
export function sizeOfPast(past: Past): number {
  if (!('instances' in past)) return OF_INSTANCE
  return past.instances.reduce((sum, instance) => sum + sizeOfInstance(instance), OF_INSTANCE)
}

/** Bytes, about. */
export function sizeOfInstance({ v, r = '', a }: AddedInstance): number {
  return Buffer.byteLength(String(v)) + Buffer.byteLength(r) + a.length + OF_INSTANCE
}

const OF_INSTANCE = 120

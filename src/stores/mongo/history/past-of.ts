import { type Recording, recordingOf } from '../../../core/history/recording.ts'
import type { EntityChange } from '../../../core/model/change.ts'
import type { HistoryPolicy } from '../../../ports/history.ts'
import { addedInstance } from './codec.ts'
import type { Past } from './stored.ts'

/** What a change of an entity does to its evolution; undefined where that is nothing. */
export function pastOf(change: EntityChange, { isRecorded, afterDeletion }: HistoryPolicy): Past | undefined {
  if (change.after === undefined && afterDeletion === 'delete') return { kind: 'deleteEvolution' }
  const recording = recordingOf(change, isRecorded)
  if (recording === undefined) return undefined
  const { types, deletedAt = null, additions } = recording
  if (additions.length === 0 && deletedAt === null && change.before !== undefined) return undefined
  return { kind: 'record', types, deletedAt, instances: additions.map(addedInstance) }
}

/** What a change has for the evolution alone, of an entity that is there. */
export function pastAlone({ types, additions }: Recording): Past {
  return { kind: 'record', types, deletedAt: null, instances: additions.map(addedInstance) }
}

/** Bytes, about. */
export function sizeOfPast(past: Past): number {
  if (!('instances' in past)) return OF_INSTANCE
  return past.instances.reduce(
    (sum, { v, r = '', a }) => sum + Buffer.byteLength(String(v)) + Buffer.byteLength(r) + a.length + OF_INSTANCE,
    0,
  )
}

const OF_INSTANCE = 120

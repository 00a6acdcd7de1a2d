/**
 * Does to evolutions what changes have recorded, once they are committed. Each may be done any number of times, by several
 * instances at once, and be broken off anywhere: what has been done is known by the positions of changes.
 */

import type { OwedChange } from '../stored.ts'
import { addPast } from './add-past.ts'
import { deleteEvolution, deleteInstance, deleteSeries } from './delete-past.ts'
import type { Change, MovedPast, Recording } from './heads.ts'
import { recordPast } from './record-past.ts'
import { replaceInstance } from './replace-past.ts'

/** Of an entity. */
interface Owing {
  readonly _id: string
  readonly owed?: readonly OwedChange[]
}

/** In the order of each entity; what is only recorded, of all of them together. */
export async function movePast(moved: MovedPast, found: readonly Owing[]): Promise<void> {
  const recordings: Change<Recording>[] = []
  for (const owing of found) {
    const changes = changesOf(owing)
    if (changes.every(isRecording)) recordings.push(...changes)
    else for (const change of changes) await apply(moved, change)
  }
  if (recordings.length > 0) await recordPast(moved, recordings)
}

function changesOf({ _id: entity, owed = [] }: Owing): readonly Change[] {
  return owed.flatMap(({ past, last, since }) => (past === undefined ? [] : [{ entity, position: last, since, past }]))
}

function isRecording(change: Change): change is Change<Recording> {
  return change.past.kind === 'record'
}

async function apply(moved: MovedPast, change: Change): Promise<void> {
  const { past } = change
  switch (past.kind) {
    case 'record':
      return await recordPast(moved, [{ ...change, past }])
    case 'add':
      return await addPast(moved, { ...change, past })
    case 'deleteEvolution':
      return await deleteEvolution(moved, change)
    case 'deleteSeries':
      return await deleteSeries(moved, { ...change, past })
    case 'deleteInstance':
      return await deleteInstance(moved, { ...change, past })
    case 'replaceInstance':
      return await replaceInstance(moved, { ...change, past })
  }
}

import { type Adding, type Change, type MovedPast, putHeads, type Recording } from './heads.ts'
import { insert } from './instances.ts'
import { instanceKey, seriesKey } from './series-key.ts'
import type { InstanceDocument, StoredInstance } from './stored.ts'

/** What changes of entities have recorded, of several together. */
export async function recordPast(moved: MovedPast, all: readonly Change<Recording>[]): Promise<void> {
  await insert(moved, all.flatMap(documentsOf))
  await putHeads(
    moved,
    all.map((change) => ({ ...change, last: lastOf(change.past.instances) })),
  )
}

/** When the last of them was changed. */
export function lastOf(all: readonly Pick<StoredInstance, 'c' | 'm'>[]): number | undefined {
  return all.length === 0 ? undefined : all.reduce((last, { c, m = c }) => Math.max(last, m), 0)
}

/** Always with the same ids. */
export function documentsOf({ entity, position, past }: Change<Recording | Adding>): readonly InstanceDocument[] {
  return past.instances.map(({ a, d, ...instance }, i) => {
    const s = seriesKey(entity, a, d)
    return { _id: instanceKey(s, instance.at, position, i), s, p: position, ...instance }
  })
}

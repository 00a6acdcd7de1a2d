import { seriesKey } from '../../common/series-key.ts'
import { type Adding, beginOf, type Change, type MovedPast, type Recording } from './heads.ts'
import { insert } from './instances.ts'
import { type Put, putHeads } from './put-heads.ts'
import { instanceKey } from './series-key.ts'
import type { InstanceDocument, StoredInstance } from './stored.ts'

/** What changes of entities have recorded, of several together. */
export async function recordPast(moved: MovedPast, all: readonly Change<Recording>[]): Promise<void> {
  await insert(moved, all.flatMap(documentsOf))
  await putHeads(moved, [...together(all).values()])
}

/** Of each entity one: what all of its changes say. */
function together(all: readonly Change<Recording>[]): ReadonlyMap<string, Put> {
  const puts = new Map<string, Put>()
  for (const change of all) {
    const { entity, position, past } = change
    const before = puts.get(entity)
    // Who has not recorded anything yet begins with nothing that was deleted.
    const begins = before?.begins ?? (past.instances.length > 0 ? beginOf(change) : undefined)
    const types = [...(before?.types ?? []), ...past.types]
    const instances = [...(before?.instances ?? []), ...past.instances]
    const deletedAt = past.deletedAt
    puts.set(entity, { entity, position, begins, types, instances, deletedAt, last: lastOf(instances) })
  }
  return puts
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

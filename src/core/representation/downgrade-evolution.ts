/** 4.3.6.8: an evolution as an earlier version of the standard would have it. */

import { type PastInstance, type PastInstances, SCOPE } from '../history/past-instance.ts'
import { CURRENT_VERSION, type Downgrade, downgradeInstance } from './downgrade.ts'
import type { ShownEvolution } from './render-evolution.ts'

/** The same object where nothing of it is newer than the version. */
export function downgradeEvolution(evolution: ShownEvolution, to: Downgrade): ShownEvolution {
  if (to.version >= CURRENT_VERSION) return evolution
  const types = to.version < 103 && evolution.types.length > 1 ? evolution.types.slice(0, 1) : evolution.types
  const instances = evolution.instances && downgradeAll(evolution.instances, to)
  if (types === evolution.types && instances === evolution.instances) return evolution
  return { ...evolution, types, ...(instances && { instances }) }
}

function downgradeAll(all: PastInstances, to: Downgrade): PastInstances {
  const before = Object.entries(all)
  const known = before.filter(([attribute]) => to.version >= 104 || attribute !== SCOPE)
  const after = known.map(([attribute, instances]) => [attribute, downgradeAttribute(instances, to)] as const)
  const isSame = after.length === before.length && after.every(([, instances], i) => instances === before[i]?.[1])
  return isSame ? all : Object.fromEntries(after)
}

/** Notes 2 and 3: before 1.3 one dataset, "with preference to the default instance". */
function downgradeAttribute(instances: readonly PastInstance[], to: Downgrade): readonly PastInstance[] {
  const one = instances.some(({ datasetId }) => datasetId === undefined) ? undefined : instances[0]?.datasetId
  const isNamed = instances.some(({ datasetId }) => datasetId !== one)
  const kept = to.version < 103 && isNamed ? instances.filter(({ datasetId }) => datasetId === one) : instances
  const after = kept.map((instance) => downgradePast(instance, to))
  return kept === instances && after.every((instance, i) => instance === instances[i]) ? instances : after
}

/** What was observed when stays in every version: without it there is no evolution. */
function downgradePast(instance: PastInstance, to: Downgrade): PastInstance {
  const { observedAt } = instance
  const after = downgradeInstance(instance, to)
  return after === instance || observedAt === undefined ? after : { ...after, observedAt }
}

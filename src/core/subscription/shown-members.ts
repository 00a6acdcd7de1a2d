/** Which members of an entity a Subscription is told (5.2.14.1, 4.21, 4.5.5). */

import { createProjection, type Projection } from '../query/projection.ts'
import type { Representation } from './subscription.ts'

/** pick, omit and datasetId together. */
export function projectionOf({ pick, omit, datasetIds }: Representation): Projection {
  // JSON, as which a Subscription is kept, has null where undefined stood.
  return createProjection(
    pick,
    omit,
    datasetIds?.map((id) => id ?? undefined),
  )
}

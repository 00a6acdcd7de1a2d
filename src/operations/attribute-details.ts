/** Attributes as discovery (5.7.7, 5.7.9, 5.7.10) tells of them: from what is held locally, as 5.7.11 allows. */

import type { AttributeTally } from '../core/model/attribute-tally.ts'
import type { AttributeType } from '../core/model/entity.ts'

/** 5.2.28 */
export interface AttributeDetails {
  readonly attribute: string
  readonly attributeTypes: readonly AttributeType[]
  readonly types: readonly string[]
  /** Instances. */
  readonly count: number
}

/** Of each Attribute that is counted. */
export function detailsOf(tallies: readonly AttributeTally[]): readonly AttributeDetails[] {
  const byAttribute = new Map<string, AttributeTally[]>()
  for (const tally of tallies) {
    const known = byAttribute.get(tally.attribute)
    if (known === undefined) byAttribute.set(tally.attribute, [tally])
    else known.push(tally)
  }
  return [...byAttribute].map(([attribute, own]) => ({
    attribute,
    attributeTypes: [...new Set(own.map(({ attributeType }) => attributeType))].sort(),
    types: [...new Set(own.flatMap(({ type }) => type ?? []))],
    // Those of no type are all of them.
    count: own.reduce((sum, { type, instances }) => sum + (type === undefined ? instances : 0), 0),
  }))
}

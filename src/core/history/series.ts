/** How many series, Attributes with a dataset each, an evolution may have. */

import { badRequest, type Problem } from '../model/problems.ts'
import type { Addition } from './past-instance.ts'

/** Which there are is read with each question, and stands in one document. */
export const MOST_SERIES = 5_000
/** Of the names of an Attribute and a dataset. */
const MOST_BYTES = 1_000

/** Whether there is room for a new one beside so many. */
export function hasRoom(count: number, attribute: string, dataset: string): boolean {
  return count < MOST_SERIES && isShort(attribute + dataset)
}

function isShort(names: string): boolean {
  // No character has more than three bytes for each of its units.
  return names.length * 3 <= MOST_BYTES || new TextEncoder().encode(names).length <= MOST_BYTES
}

/**
 * BadRequestData where what is added to an evolution would make it more than it may have.
 * @param has whether it has a series of an Attribute and a dataset ('' for the default one)
 * @param count how many it has
 */
export function seriesFault(
  id: string,
  additions: readonly Addition[],
  has: (attribute: string, dataset: string) => boolean,
  count: () => number,
): Problem | undefined {
  const added = new Set<string>()
  let known: number | undefined
  for (const { attribute, instance } of additions) {
    const { datasetId = '' } = instance
    const names = `${attribute}\n${datasetId}`
    if (added.has(names) || has(attribute, datasetId)) continue
    known ??= count()
    if (!hasRoom(known + added.size, attribute, datasetId)) return tooManySeries(id)
    added.add(names)
  }
  return undefined
}

function tooManySeries(id: string): Problem {
  return badRequest(
    `the evolution of ${id} would have more than ${MOST_SERIES} Attributes and datasets, or one whose names have more than ${MOST_BYTES} bytes: divide it into several entities; values of other times need no datasetId of their own`,
  )
}

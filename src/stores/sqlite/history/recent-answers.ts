/** The last answer about each evolution, for as long as it is true: who looks at a city asks the same of a sensor again and again. */

import { LRUCache } from 'lru-cache'
import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import type { EvolutionPage } from '../../../ports/history.ts'
import { bytesOfRow, type StoredRow } from './rows.ts'

/** By identity: who asks the same of many has the same in hand. */
interface Asked {
  readonly selection: InstanceSelection
  readonly wanted: Wanted
}

export interface RecentAnswers {
  /** Undefined where the last was another question, or something has been written since. */
  find(id: string, asked: Asked): EvolutionPage | undefined
  /** To be called in the turn in which it was read. `bytes`: as {@link bytesOf} says. */
  keep(id: string, asked: Asked, page: EvolutionPage, bytes: number): void
  /** The evolution with this id is written. */
  delete(id: string): void
  clear(): void
}

/** Bytes of an answer; one with more is read again. */
export const MOST_OF_ONE = 50_000

interface Kept extends Asked {
  readonly page: EvolutionPage
  readonly bytes: number
}

/** `most`: bytes of all answers together. */
export function createRecentAnswers(most: number): RecentAnswers {
  const answers = new LRUCache<string, Kept>({
    maxSize: most,
    maxEntrySize: MOST_OF_ONE,
    sizeCalculation: ({ bytes }) => bytes,
  })
  return {
    find: (id, { selection, wanted }) => {
      const last = answers.get(id)
      return last?.selection === selection && last.wanted === wanted ? last.page : undefined
    },
    keep: (id, { selection, wanted }, page, bytes) => {
      answers.set(id, { selection, wanted, page, bytes })
    },
    delete: (id) => {
      answers.delete(id)
    },
    clear: () => answers.clear(),
  }
}

/** What an answer takes beside its instances, and an instance in memory to what its row takes. */
const BESIDE = 500
const TIMES = 3

/** Evolutions with their rows. */
type Found = readonly { readonly series?: readonly { readonly rows: readonly StoredRow[] }[] }[]

/** Some bytes more or less: what the instances take in memory that these rows stand for. */
export function bytesOf(found: Found): number {
  let bytes = BESIDE
  for (const { series = [] } of found) {
    for (const { rows } of series) for (const row of rows) bytes += TIMES * bytesOfRow(row)
  }
  return bytes
}

/** The last answer about each evolution, for as long as it is true: who looks at a city asks the same of a sensor again and again. */

import { LRUCache } from 'lru-cache'
import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import type { EvolutionPage } from '../../../ports/history.ts'
import { isText, type StoredRow } from './rows.ts'

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

/** What an answer takes beside its instances, an instance in memory that has nothing but numbers, and what is made of a character of JSON. */
const BESIDE = 1_000
const INSTANCE = 300
const OF_JSON = 25

/** Evolutions with their rows. */
type Found = readonly { readonly series?: readonly { readonly rows: readonly StoredRow[] }[] }[]

/** Some bytes more or less, rather more: what the instances take in memory that these rows stand for, with what was asked. */
export function bytesOf(found: Found, { only = [], without = [], datasetIds = [] }: InstanceSelection): number {
  let bytes = BESIDE
  for (const name of [...only, ...without, ...datasetIds]) bytes += INSTANCE + 2 * (name?.length ?? 0)
  for (const { series = [] } of found) {
    for (const { rows } of series) for (const row of rows) bytes += bytesInMemory(row)
  }
  return bytes
}

function bytesInMemory({ kind, value, rest }: StoredRow): number {
  const text = typeof value === 'string' ? value.length * (isText(kind) ? 2 : OF_JSON) : 0
  return INSTANCE + text + OF_JSON * (rest?.length ?? 0)
}

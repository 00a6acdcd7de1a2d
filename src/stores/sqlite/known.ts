/** What a connection keeps in memory of a database, for as long as it is true. */

import { createEntityStates, type EntityStates } from './entity-states.ts'
import { createRecentAnswers, type RecentAnswers } from './history/recent-answers.ts'
import { createPathKinds, type PathKinds } from './path-kinds.ts'
import { createRangeLists, type RangeLists } from './range-lists.ts'
import type { Statements } from './statements.ts'

export interface Known {
  readonly kinds: PathKinds
  readonly lists: RangeLists
  readonly states: EntityStates
  readonly answers: RecentAnswers
  /** To be called before it is asked: another connection may have written since. */
  refresh(): void
}

/** How much is kept. */
export interface KnownLimits {
  /** Each a place of 8 bytes. */
  readonly knownRids: number
  /** Of entities, each some 100 bytes. */
  readonly knownStates: number
  /** Bytes of answers about evolutions. */
  readonly knownAnswers: number
}

/** For one connection: what it writes itself is told to all of them. */
export function createKnown(sql: Statements, { knownRids, knownStates, knownAnswers }: KnownLimits): Known {
  const kinds = createPathKinds(sql)
  const lists = createRangeLists(knownRids)
  const states = createEntityStates(knownStates)
  const answers = createRecentAnswers(knownAnswers)
  let version: number | undefined
  const refresh = (): void => {
    const current = versionElsewhere(sql)
    if (current !== version) for (const each of [kinds, lists, states, answers]) each.clear()
    version = current
  }
  return { kinds, lists, states, answers, refresh }
}

/** Another number after other connections have written, whatever this one does. */
export function versionElsewhere(sql: Statements): number {
  const [version]: readonly [number] = sql.arrays('PRAGMA data_version').get()
  return version
}

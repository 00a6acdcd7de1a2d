/** IRIs of types and attributes as small numbers, so that index rows are short. A name is never removed or changed. */

import { LRUCache } from 'lru-cache'
import type { Statements } from './statements.ts'

/** Names come from clients: more than this are looked up in the database. */
const REMEMBERED = 20_000

export interface Names {
  /** The number of an IRI, undefined where nothing has ever been stored with it. */
  find(iri: string): number | undefined
  /** The number of an IRI, given to it now where it has none. Within a transaction. */
  give(iri: string): number
  /** Forgets what was given since the last call of `keep`: the transaction was rolled back. */
  revert(): void
  /** The transaction was committed. */
  keep(): void
}

export function createNames(sql: Statements): Names {
  const known = new LRUCache<string, number>({ max: REMEMBERED })
  const given: string[] = []
  const find = (iri: string): number | undefined => {
    const remembered = known.get(iri)
    if (remembered !== undefined) return remembered
    const row: { nid: number } | undefined = sql('SELECT nid FROM name WHERE iri = ?').get(iri)
    if (row !== undefined) known.set(iri, row.nid)
    return row?.nid
  }
  const give = (iri: string): number => {
    const found = find(iri)
    if (found !== undefined) return found
    const nid = Number(sql('INSERT INTO name (iri) VALUES (?)').run(iri).lastInsertRowid)
    known.set(iri, nid)
    given.push(iri)
    return nid
  }
  const revert = (): void => {
    for (const iri of given.splice(0)) known.delete(iri)
  }
  const keep = (): void => {
    given.length = 0
  }
  return { find, give, revert, keep }
}

/** Along what the evolutions are gone through that a filter may select. */

import type { EntitySelector } from '../../../core/query/ast.ts'
import type { Queried } from '../database.ts'
import { FEW, type Needed } from './needed.ts'

type Value = string | number

export interface Route {
  /** Of evolutions `e`, with a WHERE. `after`: behind which they are wanted, so many at most. */
  source(after: Value | undefined, most: number): { readonly text: string; readonly values: readonly Value[] }
  /** The column that they are in the order of. */
  readonly order: string
  /** Each of them has one of these. */
  readonly along?: Needed
}

/** `needed`: the rarest first. */
export function routeOf(
  database: Queried,
  selectors: readonly EntitySelector[],
  needed: readonly Needed[],
  byId: boolean,
): Route {
  const order = byId ? 'e.id' : 'e.hid'
  const ids = each(selectors, (selector) => selector.ids)
  if (ids !== undefined) return fixed('evolution e WHERE e.id IN (SELECT value FROM json_each(?))', ids, order)
  // Of a conjunction of types one will do.
  const types = each(selectors, (selector) => selector.types?.flatMap(([type]) => type ?? []))
  const [rarest] = needed
  // Of those of a type many may be without what is common.
  const isAlong = rarest !== undefined && (types === undefined || rarest.count < FEW)
  if (isAlong && !byId) return alongAttributes(rarest)
  if (types === undefined) return { source: () => ({ text: 'evolution e WHERE true', values: [] }), order }
  const known = [...new Set(types)].flatMap((type) => database.names.find(type) ?? [])
  const [only] = known
  if (only !== undefined && known.length === 1 && !byId) {
    // A page of them is read, and not all to be put in order.
    const text = 'evolution_type t CROSS JOIN evolution e ON e.hid = t.hid WHERE t.type = ?'
    return { source: () => ({ text, values: [only] }), order: 't.hid' }
  }
  const ofTypes = 'SELECT hid FROM evolution_type WHERE type IN (SELECT value FROM json_each(?))'
  return fixed(`evolution e WHERE e.hid IN (${ofTypes})`, known, order)
}

function fixed(text: string, list: readonly Value[], order: string): Route {
  return { source: () => ({ text, values: [JSON.stringify(list)] }), order }
}

/** Each evolution once: the series of each Attribute are in the order of evolutions, so a page of them is read. */
function alongAttributes(along: Needed): Route {
  const { nids } = along
  return {
    along,
    source: (after, most) => {
      const beyond = after === undefined ? '' : ' AND hid > ?'
      const parts = nids.map(() => `SELECT hid FROM series WHERE attribute = ?${beyond}`)
      const each = parts.length === 1 ? `SELECT DISTINCT${parts[0]?.slice('SELECT'.length)}` : parts.join(' UNION ')
      return {
        text: `(${each} ORDER BY hid LIMIT ? + 0) a CROSS JOIN evolution e ON e.hid = a.hid WHERE true`,
        values: [...nids.flatMap((nid) => [nid, ...(after === undefined ? [] : [after])]), most],
      }
    },
    order: 'a.hid',
  }
}

/** Undefined where one of the selectors says nothing of it. */
function each(
  selectors: readonly EntitySelector[],
  of: (selector: EntitySelector) => readonly string[] | undefined,
): readonly string[] | undefined {
  const all = selectors.map(of)
  return all.includes(undefined) ? undefined : all.flatMap((some) => some ?? [])
}

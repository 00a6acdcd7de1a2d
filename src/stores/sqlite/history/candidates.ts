/** Evolutions that a filter may select, in the order of the answer. */

import type { EntitySelector } from '../../../core/query/ast.ts'
import type { EvolutionQuery } from '../../../ports/history.ts'
import type { Queried } from '../database.ts'
import { HEAD_COLUMNS, type Head, type HeadRow, headOf } from './heads.ts'

/** Rows that are read together at most; at first as many as may do. */
const TOGETHER = 200

/** By their ids or by one of their types, where the filter says so; what else it says is for the evaluator. */
export function* candidates(database: Queried, query: EvolutionQuery): Generator<Head> {
  const { filter, orderById, limit, offset, count } = query
  const selectors = filter.alternatives ?? [filter]
  let most = count ? TOGETHER : Math.min(TOGETHER, offset + limit + 1)
  for (let last: Head | undefined; ; most = TOGETHER) {
    const after = orderById === undefined ? last?.hid : last?.id
    const { text, values } = candidatePage(database, selectors, orderById, after)
    const rows = database.sql.arrays(text).all(...values, most) as readonly HeadRow[]
    for (const row of rows) yield headOf(row)
    const [end] = rows.slice(-1)
    last = end && headOf(end)
    if (rows.length < most) return
  }
}

/** Those after an id, or after the number of one; the last value of the statement is how many. */
export function candidatePage(
  database: Queried,
  selectors: readonly EntitySelector[],
  orderById: EvolutionQuery['orderById'],
  after: string | number | undefined,
) {
  const { text, values, order } = sourceOf(database, selectors, orderById !== undefined)
  const [beyond, direction] = orderById === 'desc' ? ['<', 'DESC'] : ['>', 'ASC']
  return {
    text:
      `SELECT ${HEAD_COLUMNS} FROM ${text}${after === undefined ? '' : ` AND ${order} ${beyond} ?`}` +
      ` ORDER BY ${order} ${direction} LIMIT ? + 0`,
    values: [...values, ...(after === undefined ? [] : [after])],
  }
}

/** Of evolutions `e`, with a WHERE; `order`: what they are walked along. */
function sourceOf(database: Queried, selectors: readonly EntitySelector[], byId: boolean) {
  const order = byId ? 'e.id' : 'e.hid'
  const ids = each(selectors, (selector) => selector.ids)
  if (ids !== undefined) {
    return { text: 'evolution e WHERE e.id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(ids)], order }
  }
  // Of a conjunction of types one will do.
  const types = each(selectors, (selector) => selector.types?.flatMap(([type]) => type ?? []))
  if (types === undefined) return { text: 'evolution e WHERE true', values: [], order }
  const known = [...new Set(types)].flatMap((type) => database.names.find(type) ?? [])
  const [only] = known
  if (only !== undefined && known.length === 1 && !byId) {
    // A page of them is read, and not all to be put in order.
    const text = 'evolution_type t CROSS JOIN evolution e ON e.hid = t.hid WHERE t.type = ?'
    return { text, values: [only], order: 't.hid' }
  }
  return {
    text: 'evolution e WHERE e.hid IN (SELECT hid FROM evolution_type WHERE type IN (SELECT value FROM json_each(?)))',
    values: [JSON.stringify(known)],
    order,
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

/** Evolutions that a filter may select, in the order of the answer. */

import type { EntitySelector } from '../../../core/query/ast.ts'
import type { EvolutionQuery } from '../../../ports/history.ts'
import type { Queried } from '../database.ts'
import { HEAD_COLUMNS, type Head, type HeadRow, headOf } from './heads.ts'

/** Rows that are read together. */
const TOGETHER = 200

/** By their ids or by one of their types, where the filter says so; what else it says is for the evaluator. */
export function* candidates(database: Queried, { filter, orderById }: EvolutionQuery): Generator<Head> {
  const { text, values } = sourceOf(database, filter.alternatives ?? [filter])
  const order = orderById === undefined ? 'e.hid' : 'e.id'
  const [after, direction] = orderById === 'desc' ? ['<', 'DESC'] : ['>', 'ASC']
  let last: string | number | undefined
  for (;;) {
    const beyond = last === undefined ? '' : ` AND ${order} ${after} ?`
    const page = `SELECT ${HEAD_COLUMNS} FROM evolution e WHERE ${text}${beyond} ORDER BY ${order} ${direction} LIMIT ${TOGETHER}`
    const rows = database.sql(page).all(...values, ...(last === undefined ? [] : [last])) as readonly HeadRow[]
    for (const row of rows) yield headOf(row)
    const end = rows.at(-1)
    if (end === undefined || rows.length < TOGETHER) return
    last = orderById === undefined ? end.hid : end.id
  }
}

function sourceOf(database: Queried, selectors: readonly EntitySelector[]) {
  const ids = each(selectors, (selector) => selector.ids)
  if (ids !== undefined) return { text: 'e.id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(ids)] }
  // Of a conjunction of types one will do.
  const types = each(selectors, (selector) => selector.types?.flatMap(([type]) => type ?? []))
  if (types === undefined) return { text: '1', values: [] }
  const known = [...new Set(types)].flatMap((type) => database.names.find(type) ?? [])
  return {
    text: 'e.hid IN (SELECT hid FROM evolution_type WHERE type IN (SELECT value FROM json_each(?)))',
    values: [JSON.stringify(known)],
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

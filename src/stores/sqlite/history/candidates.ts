/** Evolutions that a filter may select, in the order of the answer. */

import { requiredAttributes } from '../../../core/history/required-attributes.ts'
import type { EvolutionQuery } from '../../../ports/history.ts'
import type { Queried } from '../database.ts'
import { HEAD_COLUMNS, type Head, type HeadRow, headOf } from './heads.ts'
import { type Needed, neededOf } from './needed.ts'
import { type Route, routeOf } from './routes.ts'

/** Rows that are read together at most; at first as many as may do. */
const TOGETHER = 200

/**
 * By their ids, by one of their types or by an Attribute, where the filter says so, and of these those that have the rarest Attributes
 * that it needs; what else it says is for the evaluator. Some at a time, perhaps none of them.
 */
export function* candidates(database: Queried, query: EvolutionQuery): Generator<readonly Head[]> {
  const { filter, selection, orderById, limit, offset, count } = query
  const { only } = selection
  const needed = neededOf(database, requiredAttributes({ ...filter, ...(only && { only }) }))
  if (needed === undefined) return
  const route = routeOf(database, filter.alternatives ?? [filter], needed, orderById !== undefined)
  let most = count ? TOGETHER : Math.min(TOGETHER, offset + limit + 1)
  for (let last: Head | undefined; ; most = TOGETHER) {
    const after = orderById === undefined ? last?.hid : last?.id
    const { text, values } = candidatePage(route, needed, { orderById, after, most })
    const rows = database.sql.arrays(text).all(...values) as readonly CandidateRow[]
    const heads = rows.map(([, ...head]) => headOf(head))
    yield heads.filter((_, i) => rows[i]?.[0] === 1)
    last = heads.at(-1)
    if (rows.length < most) return
  }
}

/** First whether it has what is required. */
type CandidateRow = readonly [has: number, ...head: HeadRow]

interface Page {
  readonly orderById: EvolutionQuery['orderById']
  /** An id, or the number of one: those behind it. */
  readonly after: string | number | undefined
  readonly most: number
}

/** What lacks something that is needed is read all the same: so a page takes its time, however few have it. */
export function candidatePage(route: Route, needed: readonly Needed[], { orderById, after, most }: Page) {
  const { source, order, along } = route
  const [beyond, direction] = orderById === 'desc' ? ['<', 'DESC'] : ['>', 'ASC']
  const { text, values } = source(after, most)
  const others = needed.filter((each) => each !== along)
  return {
    text:
      `SELECT ${['1', ...others.map(() => HAS_ONE)].join(' AND ')}, ${HEAD_COLUMNS} FROM ${text}` +
      `${after === undefined ? '' : ` AND ${order} ${beyond} ?`} ORDER BY ${order} ${direction} LIMIT ? + 0`,
    values: [
      ...others.map(({ nids }) => JSON.stringify(nids)),
      ...[...values, ...(after === undefined ? [] : [after]), most],
    ],
  }
}

/** The list is read once in a statement, not for each evolution. */
const HAS_ONE =
  'EXISTS (SELECT 1 FROM series s WHERE s.hid = e.hid AND s.attribute IN (SELECT value FROM json_each(?)))'

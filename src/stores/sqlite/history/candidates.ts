/** Evolutions that a filter may select, in the order of the answer. */

import { requiredAttributes } from '../../../core/history/required-attributes.ts'
import type { EvolutionQuery } from '../../../ports/history.ts'
import type { Queried } from '../database.ts'
import { HEAD_COLUMNS, type Head, type HeadRow, headOf } from './heads.ts'
import { type Route, routeOf } from './routes.ts'

/** Rows that are read together at most; at first as many as may do. */
const TOGETHER = 200

/**
 * By their ids, by one of their types or by an Attribute, where the filter says so, and of these those that have the Attributes that it
 * needs; what else it says is for the evaluator. Some at a time, perhaps none of them.
 */
export function* candidates(database: Queried, query: EvolutionQuery): Generator<readonly Head[]> {
  const { filter, selection, orderById, limit, offset, count } = query
  const { only } = selection
  const required = requiredAttributes({ ...filter, ...(only && { only }) }).map((names) =>
    names.flatMap((name) => database.names.find(name) ?? []),
  )
  // Nothing ever had one of these.
  if (required.some((nids) => nids.length === 0)) return
  const route = routeOf(database, filter.alternatives ?? [filter], required, orderById !== undefined)
  let most = count ? TOGETHER : Math.min(TOGETHER, offset + limit + 1)
  for (let last: Head | undefined; ; most = TOGETHER) {
    const after = orderById === undefined ? last?.hid : last?.id
    const { text, values } = candidatePage(route, required, { orderById, after, most })
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

/**
 * `required`: numbers of Attributes, of each list an evolution needs one. Where it has none it is read all the same: so a
 * page takes its time, however few have them.
 */
export function candidatePage(
  { source, order }: Route,
  required: readonly (readonly number[])[],
  { orderById, after, most }: Page,
) {
  const [beyond, direction] = orderById === 'desc' ? ['<', 'DESC'] : ['>', 'ASC']
  const { text, values } = source(after, most)
  return {
    text:
      `SELECT ${['1', ...required.map(() => HAS_ONE)].join(' AND ')}, ${HEAD_COLUMNS} FROM ${text}` +
      `${after === undefined ? '' : ` AND ${order} ${beyond} ?`} ORDER BY ${order} ${direction} LIMIT ? + 0`,
    values: [...required.map((nids) => JSON.stringify(nids)), ...values, ...(after === undefined ? [] : [after]), most],
  }
}

const HAS_ONE = 'EXISTS (SELECT 1 FROM json_each(?) a CROSS JOIN series s ON s.hid = e.hid AND s.attribute = a.value)'

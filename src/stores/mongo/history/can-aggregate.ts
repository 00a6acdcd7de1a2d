/** Whether a server can do with instances what aggregations ask of it: compatible ones lack this and that. */

import { MongoServerError } from 'mongodb'
import type { Log } from '../../../ports/call.ts'
import type { Collections } from '../collections.ts'
import type { Connection } from '../connection.ts'

type Asked = Pick<Collections, 'instances'> & Pick<Connection, 'ask'>

/** Where periods begin, and how long each is, in microseconds. */
export interface Origin {
  readonly origin: number
  readonly micros: number
}

/** By the number of the period and the form of the value. */
export function grouping({ origin, micros }: Origin) {
  const value = { $toDouble: '$v' }
  const k = { $floor: { $divide: [{ $subtract: ['$at', origin] }, micros] } }
  return {
    $group: {
      _id: { k, f: '$f' },
      count: { $sum: 1 },
      sum: { $sum: value },
      sumsq: { $sum: { $multiply: [value, value] } },
      min: { $min: value },
      max: { $max: value },
    },
  }
}

/** Asked once, of nothing: so no request meets what the server refuses. Throws StoreUnavailable. */
export async function canAggregate({ ask, instances }: Asked, log: Log): Promise<boolean> {
  try {
    await ask(() => instances.aggregate([{ $match: { _id: '' } }, grouping({ origin: 0, micros: 1 })]).toArray())
    return true
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error
    log.info({ error }, 'the database does not aggregate: values are read one by one')
    return false
  }
}

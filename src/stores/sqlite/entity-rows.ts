/** Reading one entity. Its rows are written in record.ts. */

import type { Entity } from '../../core/model/entity.ts'
import { decode, type EntityRow, READ_COLUMNS } from './codec.ts'
import type { Queried } from './database.ts'

const BY_ID = `SELECT ${READ_COLUMNS} FROM entity e WHERE e.id = ?`

/** An entity as it was stored, also where it has expired since. */
export interface StoredEntity {
  readonly row: EntityRow
  readonly entity: Entity
}

/** Undefined where nothing is stored by the id; it may have expired. */
export function readRow({ sql }: Pick<Queried, 'sql'>, id: string): EntityRow | undefined {
  return sql(BY_ID).get(id)
}

/** As {@link readRow}, decoded. */
export function readEntity(database: Pick<Queried, 'sql'>, id: string): StoredEntity | undefined {
  const row = readRow(database, id)
  return row === undefined ? undefined : { row, entity: decode(row) }
}

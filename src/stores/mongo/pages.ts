/** The rows of a page. */

import type { Entity, Instant } from '../../core/model/entity.ts'
import { pageTooLarge } from '../../core/model/problems.ts'
import type { FoundEntity } from '../../ports/store.ts'
import { decode, type EntityRow, present } from './codec.ts'

/** A row of a page, with its entity where it has been looked at. */
export interface PageRow {
  readonly row: EntityRow
  readonly entity?: Entity
}

interface Page {
  readonly rows: PageRow[]
  /** Throws TooManyResults. */
  add(found: PageRow): void
}

/** An empty page for entities of `maxBytes` together. */
export function createPage(maxBytes: number): Page {
  const rows: PageRow[] = []
  let bytes = 0
  const add = (found: PageRow): void => {
    bytes += sizeOf(found.row)
    if (bytes > maxBytes) throw pageTooLarge(maxBytes)
    rows.push(found)
  }
  return { rows, add }
}

function sizeOf({ body = '' }: EntityRow): number {
  return Buffer.byteLength(body)
}

/** Undefined where it has expired since it was selected. */
export function foundIn({ row, entity }: PageRow, now: Instant): FoundEntity | undefined {
  if (entity !== undefined) return found(row, () => entity)
  if (row.expiresAt === undefined && row.attributeExpiresAt === undefined) return found(row, () => decode(row))
  const current = present(row, decode(row), now)
  return current && found(row, () => current)
}

function found(row: EntityRow, read: FoundEntity['read']): FoundEntity {
  const size = sizeOf(row)
  // What expires changes without being written.
  return row.attributeExpiresAt === undefined ? { state: `${row.seq} ${row.version}`, size, read } : { size, read }
}

/** Small documents by kind and id. */

import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'
import type { DocumentChange, DocumentStore, WrittenDocument } from '../../ports/store.ts'
import { mapInTurns } from '../common/in-turns.ts'
import type { Databases } from './databases.ts'
import type { Statements } from './statements.ts'
import type { Watches } from './watches.ts'
import type { Step } from './write-queue.ts'

interface DocumentRow {
  readonly id: string
  readonly body: string
  readonly exact: number
}

const GET = 'SELECT id, body, exact FROM document WHERE kind = ? AND id = ?'
const LIST = 'SELECT id, body, exact FROM document WHERE kind = ? ORDER BY id'
const COUNT = 'SELECT n FROM document_count WHERE kind = ?'
const PUT = `INSERT INTO document (kind, id, body, exact) VALUES (?, ?, ?, ?)
  ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, exact = excluded.exact`
const DELETE = 'DELETE FROM document WHERE kind = ? AND id = ?'

export function createDocumentStore(databases: Databases, watches: Pick<Watches, 'open' | 'tell'>): DocumentStore {
  const write = async <T>(tenant: string, stepOn: (sql: Statements) => Step<T>): Promise<T> => {
    const { sql, writes } = await databases.of(tenant)
    const [outcome] = await writes.run([stepOn(sql)])
    if (outcome?.ok) return outcome.value
    throw outcome?.error
  }
  const read = async <T>(tenant: string, from: (sql: Statements) => T): Promise<T> => {
    const { sql, reads } = await databases.of(tenant)
    return reads.run(() => from(sql))
  }
  return {
    get: ({ tenant }, kind, id) => read(tenant, (sql) => find(sql, kind, id)),
    put: async ({ tenant }, kind, id, document) => {
      const { text, exact } = stringifyJson(document)
      await write(tenant, (sql) => () => done(sql(PUT).run(kind, id, text, exact ? 1 : 0)))
      watches.tell(tenant, kind)
    },
    change: async ({ tenant }, kind, id, change) => {
      const { result, document } = await write(tenant, (sql) => changeStep(sql, kind, id, change))
      if (document !== undefined) watches.tell(tenant, kind)
      return result
    },
    delete: async ({ tenant }, kind, id) => {
      const existed = await write(tenant, (sql) => () => done(sql(DELETE).run(kind, id).changes > 0))
      if (existed) watches.tell(tenant, kind)
      return existed
    },
    list: async ({ tenant }, kind) => {
      const rows: readonly DocumentRow[] = await read(tenant, (sql) => sql(LIST).all(kind))
      return mapInTurns(rows, (row) => ({ id: row.id, document: decode(row) }))
    },
    count: async ({ tenant }, kind) => {
      const row: { n: number } | undefined = await read(tenant, (sql) => sql(COUNT).get(kind))
      return row?.n ?? 0
    },
    watch: watches.open,
  }
}

function done<T>(value: T) {
  return { ok: true, value } as const
}

function changeStep<R>(sql: Statements, kind: string, id: string, change: DocumentChange<R>): Step<WrittenDocument<R>> {
  return () => {
    const current = find(sql, kind, id)
    let written: WrittenDocument<R>
    let encoded: ReturnType<typeof stringifyJson> | undefined
    try {
      written = change(current)
      // Encoded before anything is written: what cannot be is refused as what the function throws.
      if (written.document !== undefined && written.document !== null) encoded = stringifyJson(written.document)
    } catch (error) {
      return { ok: false, error }
    }
    if (encoded !== undefined) sql(PUT).run(kind, id, encoded.text, encoded.exact ? 1 : 0)
    else if (written.document === null) sql(DELETE).run(kind, id)
    return done(written)
  }
}

function find(sql: Statements, kind: string, id: string): unknown {
  const row: DocumentRow | undefined = sql(GET).get(kind, id)
  return row === undefined ? undefined : decode(row)
}

function decode({ body, exact }: DocumentRow): unknown {
  return parseStoredJson(body, exact === 1)
}

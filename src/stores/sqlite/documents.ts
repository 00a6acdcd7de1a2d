/** Small documents by kind and id. */

import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'
import type { DocumentStore } from '../../ports/store.ts'
import type { Databases } from './databases.ts'
import type { Step } from './write-queue.ts'

interface DocumentRow {
  readonly id: string
  readonly body: string
  readonly exact: number
}

const GET = 'SELECT id, body, exact FROM document WHERE kind = ? AND id = ?'
const LIST = 'SELECT id, body, exact FROM document WHERE kind = ? ORDER BY id'
const PUT = `INSERT INTO document (kind, id, body, exact) VALUES (?, ?, ?, ?)
  ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, exact = excluded.exact`
const DELETE = 'DELETE FROM document WHERE kind = ? AND id = ?'

export function createDocumentStore(databases: Databases): DocumentStore {
  const write = async <T>(tenant: string, step: (sql: Sql) => T): Promise<T> => {
    const { sql, writes } = databases.of(tenant)
    const one: Step<T> = () => ({ ok: true, value: step(sql) })
    const [outcome] = await writes.run([one])
    if (outcome?.ok) return outcome.value
    throw outcome?.error
  }
  return {
    get: async ({ tenant }, kind, id) => {
      const row: DocumentRow | undefined = databases.of(tenant).sql(GET).get(kind, id)
      return row === undefined ? undefined : decode(row)
    },
    put: async ({ tenant }, kind, id, document) => {
      const { text, exact } = stringifyJson(document)
      await write(tenant, (sql) => sql(PUT).run(kind, id, text, exact ? 1 : 0))
    },
    delete: async ({ tenant }, kind, id) => write(tenant, (sql) => sql(DELETE).run(kind, id).changes > 0),
    list: async ({ tenant }, kind) => {
      const rows: DocumentRow[] = databases.of(tenant).sql(LIST).all(kind)
      return rows.map((row) => ({ id: row.id, document: decode(row) }))
    },
  }
}

type Sql = ReturnType<Databases['of']>['sql']

function decode({ body, exact }: DocumentRow): unknown {
  return parseStoredJson(body, exact === 1)
}

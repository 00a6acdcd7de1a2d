import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DATABASE } from '../../../test/support/database-options.ts'
import { openDatabase } from './database.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-database-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function opened(name: string) {
  const path = join(directory, name)
  const open = () => openDatabase(path, { ...DATABASE, statementChars: 20_000 })
  return { path, open, database: await open(), reader: new DatabaseSync(path, { readOnly: true }) }
}

const PUT = `INSERT INTO document (kind, id, body, exact) VALUES ('test', ?, '{}', 0)`
const COUNT = `SELECT count(*) AS n FROM document WHERE kind = 'test'`

it('is closed at once while another connection reads, and loses nothing', async () => {
  const { open, database, reader } = await opened('read.sqlite')
  database.sql(PUT).run('a')
  reader.exec('BEGIN')
  expect(reader.prepare(COUNT).get()).toEqual({ n: 1 })
  database.sql(PUT).run('b')
  const begun = performance.now()
  await database.close()
  expect(performance.now() - begun).toBeLessThan(500)
  expect(reader.prepare(COUNT).get()).toEqual({ n: 1 })
  reader.close()
  const again = await open()
  expect(again.sql(COUNT).get()).toEqual({ n: 2 })
  await again.close()
})

it('leaves an empty log where another connection is open and does not read', async () => {
  const { path, database, reader } = await opened('idle.sqlite')
  database.sql(PUT).run('a')
  expect((await stat(`${path}-wal`)).size).toBeGreaterThan(0)
  expect(reader.prepare(COUNT).get()).toEqual({ n: 1 })
  await database.close()
  expect((await stat(`${path}-wal`)).size).toBe(0)
  reader.close()
})

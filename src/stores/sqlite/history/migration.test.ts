import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect, it } from 'vitest'
import {
  become,
  callIn,
  entity,
  LIMITS,
  NOW,
  property,
  put,
  quietLog,
} from '../../../../test/contract/contract-store.ts'
import { openSqliteStore } from '../open.ts'

/** How a database was before there was a history. */
const BEFORE = `DROP TABLE instance; DROP TABLE series; DROP TABLE evolution_type; DROP TABLE evolution; DROP TABLE summary;
  DROP TABLE gone_series;  PRAGMA user_version = 3`

it('a database without a history has one from then on, and its entities as they were', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'boya-migration-'))
  const open = () =>
    openSqliteStore({ directory, synchronous: 'normal', clock: { now: () => NOW }, log: quietLog, ...LIMITS })
  const call = callIn('')
  const first = await open()
  await put(first, call, entity('urn:x:1'))
  await first.close()
  const handle = new DatabaseSync(join(directory, 'default.sqlite'))
  handle.exec(BEFORE)
  handle.close()

  const store = await open()
  expect(await store.entities.retrieve(call, 'urn:x:1')).toEqual(entity('urn:x:1'))
  const all = { timeProperty: 'observedAt', onlyTimed: false } as const
  const ask = () => store.history.retrieve(call, 'urn:x:1', all, { kind: 'instances', most: 10 })
  expect(await ask()).toBeUndefined()
  const changed = entity('urn:x:1', { attributes: { 'https://example.org/n': [property(1)] } })
  await store.entities.write(call, 'urn:x:1', become(changed))
  const [evolution] = (await ask())?.evolutions ?? []
  expect(evolution?.instances?.['https://example.org/n']).toMatchObject([{ value: 1 }])
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

/** How one with the first history was. */
const WITHOUT_INDEX = 'DROP INDEX series_attribute; DROP TABLE gone_series; PRAGMA user_version = 4'

it('a history that was kept before is found by Attributes, too', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'boya-migration-'))
  const open = () =>
    openSqliteStore({ directory, synchronous: 'normal', clock: { now: () => NOW }, log: quietLog, ...LIMITS })
  const call = callIn('')
  const first = await open()
  await put(first, call, entity('urn:x:1', { attributes: { 'https://example.org/n': [property(1)] } }))
  await first.close()
  const handle = new DatabaseSync(join(directory, 'default.sqlite'))
  handle.exec(WITHOUT_INDEX)
  handle.close()

  const store = await open()
  const { evolutions } = await store.history.query(call, {
    filter: { attributes: ['https://example.org/n'] },
    selection: { timeProperty: 'observedAt', onlyTimed: false },
    wanted: { kind: 'instances', most: 10 },
    ...{ limit: 10, offset: 0, count: false },
  })
  expect(evolutions.map(({ id }) => id)).toEqual(['urn:x:1'])
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

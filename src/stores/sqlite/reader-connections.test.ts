import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createConnections } from './reader-connections.ts'

let directory = ''
let path = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-connections-'))
  path = join(directory, 'some.sqlite')
  new DatabaseSync(path).close()
})
afterAll(() => rm(directory, { recursive: true, force: true }))

it('gives a connection again that was given back', () => {
  const connections = createConnections()
  const first = connections.take(path)
  first.begin()
  connections.give(first)
  expect(connections.take(path)).toBe(first)
  expect(connections.take(path)).not.toBe(first)
})

it('never gives one again that cannot end its transaction', () => {
  const connections = createConnections()
  const broken = connections.take(path)
  broken.begin()
  broken.close()
  connections.give(broken)
  expect(connections.take(path)).not.toBe(broken)
})

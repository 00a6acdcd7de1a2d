import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Databases, openDatabases } from '../../src/stores/sqlite/databases.ts'
import { filesIn } from '../../src/stores/sqlite/tenant-files.ts'
import { createWatches } from '../../src/stores/sqlite/watches.ts'
import { LIMITS, quietLog } from './contract-store.ts'

let directory = ''
let databases: Databases
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-watches-'))
  databases = await openDatabases({
    ...{ ...LIMITS, files: filesIn(directory), synchronous: 'normal', clock: Date, log: quietLog },
  })
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const keepingAlive = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

it('keeps no process from ending', async () => {
  const before = keepingAlive()
  const watch = createWatches(databases, quietLog).open('a', () => undefined)
  expect(keepingAlive()).toBe(before)
  await watch.close()
  await databases.close()
})

it('says once that a database does not answer, and is behind from then on', async () => {
  const warnings: string[] = []
  const watches = createWatches(databases, { ...quietLog, warn: (_, message) => warnings.push(message) })
  const watch = watches.open('a', () => expect.unreachable())
  await (await databases.of('')).close()
  const behind = watch.behindMs()
  await pause(700)
  expect(watch.behindMs()).toBeGreaterThan(behind + 600)
  expect(warnings).toEqual(['what other processes have changed cannot be seen; looking again'])
  await watch.close()
  watches.close()
})

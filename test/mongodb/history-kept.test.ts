import { expect, it } from 'vitest'
import { installBoya } from '../cli/installed-boya.ts'
import { killAndLook } from '../support/history-kept.ts'
import { LONG } from '../support/long.ts'
import { freshDatabase } from '../support/mongodb.ts'
import { endInstances, startInstance } from './instance-process.ts'

it.each([
  ['the broker is', 1],
  ['one of two brokers is', 2],
])(
  'every acknowledged change is in the history once, however often %s killed',
  { timeout: 240_000 },
  async (_, count) => {
    const boya = installBoya()
    const database = freshDatabase()
    const start = () => startInstance(boya, database.uri)
    const started = await Promise.all(Array.from({ length: count }, start))
    const running = await killAndLook(started, start, LONG ? 10 : 2)
    await endInstances(running)
    expect(running).toHaveLength(count)
    await database.drop()
    boya.remove()
  },
)

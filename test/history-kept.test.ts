import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { installBoya } from './cli/installed-boya.ts'
import { endInstances, startInstance } from './mongodb/instance-process.ts'
import { killAndLook } from './support/history-kept.ts'
import { LONG } from './support/long.ts'

it('every acknowledged change is in the history once, however often the broker is killed', {
  timeout: 240_000,
}, async () => {
  const boya = installBoya()
  const folder = mkdtempSync(join(tmpdir(), 'boya-history-kept-'))
  const start = () => startInstance(boya, `sqlite:${folder}`)
  const running = await killAndLook([await start()], start, LONG ? 10 : 2)
  await endInstances(running)
  expect(running).toHaveLength(1)
  rmSync(folder, { recursive: true })
  boya.remove()
})

/** A store that is closed in the midst of a slow query closes, and the process goes on. */

import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { callIn, entity, LIMITS, NOW, put, quietLog } from './contract-store.ts'

let boya: InstalledBoya
let directory: string
beforeAll(async () => {
  boya = installBoya()
  directory = await mkdtemp(join(tmpdir(), 'boya-closing-'))
  const options = { ...LIMITS, directory, synchronous: 'normal', clock: { now: () => NOW }, log: quietLog } as const
  const store = await openSqliteStore(options)
  await put(store, callIn(''), ...Array.from({ length: 20_000 }, (_, i) => entity(`urn:x:${i}`)))
  await store.close()
})
afterAll(async () => {
  boya.remove()
  await rm(directory, { recursive: true })
})

it('does not take the process with it', { timeout: 60_000 }, () => {
  const module = join(boya.folder, 'dist/stores/sqlite/open.js')
  const closing = join(import.meta.dirname, 'closing-process.mjs')
  const { status, signal, stderr } = spawnSync(process.execPath, [closing, module, directory, '16'], {
    encoding: 'utf8',
  })
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
})

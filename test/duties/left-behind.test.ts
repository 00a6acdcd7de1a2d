/** What instances that were killed have left, on SQLite, where the next one can know that they are gone. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MEMBERS } from '../../src/duties/members.ts'
import { createOwnership } from '../../src/duties/ownership.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { fileOf } from '../../src/stores/sqlite/tenant-name.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'

const QUEUE = 'http://host:80'
const call = callIn('')
let root = ''
let opened: Store[] = []
let started: ChildProcess[] = []

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'boya-left-'))
  opened = []
  started = []
})
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL')
  await Promise.all(opened.map((store) => store.close()))
  await rm(root, { recursive: true })
})

async function open(directory: string): Promise<Store> {
  const options = { ...LIMITS, directory, synchronous: 'normal', shared: true, clock: Date, log: quietLog } as const
  const store = await openSqliteStore({ ...options, ofRunning: [MEMBERS] })
  opened.push(store)
  return store
}

/** As one that was killed while it delivered has left it. */
async function leftBehind(): Promise<string> {
  const [running, left] = [join(root, 'running'), join(root, 'left')]
  const store = await open(running)
  await store.documents.put(call, 'other', 'x', {})
  expect(await joins(store)).toBe(true)
  await cp(running, left, { recursive: true })
  return left
}

/** Whether it delivers after its first two steps. */
async function joins({ documents }: Store): Promise<boolean> {
  const ownership = createOwnership({ documents, call, instance: 'x' })
  await ownership.step()
  await ownership.step()
  return ownership.term(QUEUE) !== undefined
}

it('keeps nobody waiting who comes after them', async () => {
  const next = await open(await leftBehind())
  expect(await next.documents.get(call, 'other', 'x')).toEqual({})
  expect(await joins(next)).toBe(true)
})

it('stays as long as any of them has the store open', async () => {
  const directory = await leftBehind()
  expect(await joins(await open(directory))).toBe(true)
  expect(await joins(await open(directory))).toBe(false)
})

describe('where a process that has it open stands still', () => {
  const standingStill = async (directory: string): Promise<ChildProcess> => {
    const script = `
      import { DatabaseSync } from '@photostructure/sqlite'
      const handle = new DatabaseSync(${JSON.stringify(join(directory, fileOf('')))})
      handle.prepare('SELECT count(*) FROM document').get()
      console.log('open')
      setInterval(() => handle, 1_000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    started.push(child)
    await once(child.stdout, 'data')
    child.kill('SIGSTOP')
    return child
  }

  it('stays', async () => {
    const directory = await leftBehind()
    await standingStill(directory)
    expect(await joins(await open(directory))).toBe(false)
  })

  it('goes when that is killed', async () => {
    const directory = await leftBehind()
    const child = await standingStill(directory)
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    expect(await joins(await open(directory))).toBe(true)
  })
})

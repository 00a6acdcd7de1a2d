/** The process itself, as it is installed: it outlives the nastiest input, and ends well when it is told to. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { entityIn, expectHealthy, send, sendBytes, times } from './client.ts'
import { nasty, nastyBytes } from './nasty.ts'

const project = resolve(import.meta.dirname, '../..')
let folder: string

interface Running {
  readonly url: string
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  log(): string
}

/** Builds what `npm run build` does, but beside nothing else, so that no earlier build is taken for this one. */
function build(): void {
  const compiler = join(project, 'node_modules/.bin/tsc')
  execFileSync(compiler, ['-p', join(project, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')], {
    cwd: project,
  })
  for (const name of ['package.json', 'openapi', 'contexts', 'node_modules'])
    symlinkSync(join(project, name), join(folder, name))
}

async function start(): Promise<Running> {
  const env = {
    PATH: process.env.PATH,
    BOYA_PORT: '0',
    BOYA_STORE: `sqlite:${join(folder, 'data')}`,
    BOYA_LOG_FORMAT: 'json',
    BOYA_CONTEXT_TIMEOUT: '500ms',
  }
  const child = spawn(process.execPath, [join(folder, 'dist/main.js'), 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  const exited = new Promise<number | null>((ended) => child.once('exit', (code) => ended(code)))
  const url = new Promise<string>((found, failed) => {
    const read = (chunk: Buffer): void => {
      log += chunk.toString('utf8')
      const ready = /ready on (http:\S+)/.exec(log)?.[1]
      if (ready !== undefined) found(ready)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    exited.then((code) => failed(new Error(`ended with ${code} before it was ready: ${log}`)))
  })
  return { url: await url, child, exited, log: () => log }
}

/** A request whose body has begun to come; the rest is sent by `finish`. */
function begin(url: string, id: string): { begun: Promise<void>; finish(): Promise<string> } {
  const { hostname, port } = new URL(url)
  const body = JSON.stringify({ id, type: 'T' })
  const socket = connect({ host: hostname, port: Number(port) })
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  const closed = new Promise<string>((end) => socket.on('close', () => end(received)))
  const head = `POST ${API}/entities HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`
  // The broker's "go on" is the sign that the request has reached it.
  const begun = new Promise<void>((go) => socket.once('data', () => go()))
  socket.write(head)
  socket.write(body.slice(0, 10))
  return {
    begun,
    finish: () => {
      socket.write(body.slice(10))
      return closed
    },
  }
}

describe('boya serve', () => {
  let running: Running
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'boya-bad-input-'))
    build()
    running = await start()
  })
  afterAll(async () => {
    running.child.kill('SIGKILL')
    await running.exited
    rmSync(folder, { recursive: true })
  })

  it('outlives a burst of the nastiest inputs', async () => {
    for (let round = 0; round < times; round++) {
      const burst = nasty.map((sent) => send(running, sent).catch(() => undefined))
      await Promise.all([...burst, ...nastyBytes.map((bytes) => sendBytes(running, [bytes]).catch(() => ''))])
      await expectHealthy(running)
    }
    expect(running.child.exitCode).toBeNull()
    expect(running.log()).not.toMatch(/fault of (Boya|its own)/)
  })

  it('is told to end: answers what is under way, takes nothing new, and exits with 0', async () => {
    const requests = Array.from({ length: 20 }, (_, i) => begin(running.url, `urn:ngsi-ld:Late:${i}`))
    await Promise.all(requests.map(({ begun }) => begun))
    running.child.kill('SIGTERM')
    await expect.poll(() => running.log()).toContain('SIGTERM')
    await expect(send(running, { path: '/health/live', headers: { Connection: 'close' } })).rejects.toThrow()
    const answers = await Promise.all(requests.map(({ finish }) => finish()))
    for (const answer of answers) expect(answer).toContain('HTTP/1.1 201')
    expect(await running.exited).toBe(0)
  })

  it('started again, has all that it acknowledged', async () => {
    running = await start()
    for (let i = 0; i < 20; i++) expect(await entityIn(running, `urn:ngsi-ld:Late:${i}`)).toBeDefined()
    await expectHealthy(running)
  })
})

/** Workers that are killed, told to end, or cannot start: nothing acknowledged is lost, and no one waits for ever. */

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectTo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { type Connection, startWorkers, type Workers } from './workers-of.ts'

let boya: InstalledBoya
let started: Workers[] = []
beforeAll(() => {
  boya = installBoya()
})
afterAll(async () => {
  await Promise.all(started.map((each) => each.kill()))
  boya.remove()
})

async function start(settings: Record<string, string> = {}): Promise<Workers> {
  const workers = await startWorkers(boya, { WORKERS: '2', ...settings })
  started = [...started, workers]
  return workers
}

/** 0 would be the tests themselves. */
function named(pid: number | undefined): number {
  if (pid === undefined) throw new Error('the log names no worker')
  return pid
}

describe('a worker that is killed', () => {
  let workers: Workers
  beforeAll(async () => {
    workers = await start()
  })
  const replaced = () => workers.lines().filter(({ msg }) => msg === 'another worker is ready in its place').length

  it('while it writes: nothing acknowledged is lost, the others serve on, another takes its place', async () => {
    const { connect, pids, lines } = workers
    const acknowledged: { readonly id: string; readonly at: number }[] = []
    const failed: number[] = []
    let isWriting = true
    const write = async (connection: Connection, writer: number): Promise<void> => {
      for (let i = 0; isWriting; i++) {
        const id = `urn:x:${writer}:${i}`
        const answer = await connection.send('POST', '/entities', { id, type: 'T' }).catch(() => undefined)
        if (answer?.status === 201) acknowledged.push({ id, at: performance.now() })
        else failed.push(answer?.status ?? 0)
      }
    }
    const writing = Promise.all((await connect(16)).map(write))
    await pause(400)
    const killedAt = performance.now()
    process.kill(named(pids()[0]), 'SIGKILL')
    await expect.poll(replaced, { timeout: 10_000 }).toBe(1)
    const replacedAt = performance.now()
    await pause(200)
    isWriting = false
    await writing

    const during = acknowledged.filter(({ at }) => at > killedAt && at < replacedAt)
    expect(during.length).toBeGreaterThan(10)
    // Those whose connection ended with the worker, and nobody else: a request each.
    expect(failed.length).toBeLessThanOrEqual(16)
    expect(failed.every((status) => status === 0)).toBe(true)
    expect(lines().map(({ msg }) => msg)).toContain('worker 1 has ended (SIGKILL); another is started')
    expect(new Set(pids()).size).toBe(3)
    for (const connection of await connect(2)) expect(await missing(connection, acknowledged)).toEqual([])
  })

  it('while a connection is handed to it: the connection is closed, and no client waits for ever', async () => {
    const { url, pids } = workers
    const last = named(pids().at(-1))
    process.kill(last, 'SIGSTOP')
    const { hostname, port } = new URL(url)
    const ends = Array.from({ length: 6 }, async () => {
      const socket = connectTo(Number(port), hostname)
      socket.on('error', () => undefined)
      socket.end('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      let answer = ''
      socket.on('data', (data) => {
        answer += data
      })
      await new Promise((closed) => socket.on('close', closed))
      return answer
    })
    await pause(300)
    process.kill(last, 'SIGKILL')
    const answers = await Promise.all(ends)
    // One at a time is handed to a worker: the others have got an answer from the other one.
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200')).length).toBe(5)
    await expect.poll(replaced, { timeout: 10_000 }).toBe(2)
  })

  it('with all others: all are replaced, and told to end they end', async () => {
    const { running, pids } = workers
    for (const pid of pids().slice(-3)) if (lives(pid)) process.kill(pid, 'SIGKILL')
    await expect.poll(replaced, { timeout: 10_000 }).toBe(4)
    running.signal('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })
})

async function missing(
  connection: Connection,
  acknowledged: readonly { readonly id: string }[],
): Promise<readonly string[]> {
  const found = new Set<string>()
  for (let offset = 0; ; offset += 1_000) {
    const path = `/entities?type=T&pick=id&limit=1000&offset=${offset}`
    const page: { id: string }[] = JSON.parse((await connection.send('GET', path)).body)
    for (const { id } of page) found.add(id)
    if (page.length < 1_000) break
  }
  return acknowledged.map(({ id }) => id).filter((id) => !found.has(id))
}

describe('the process that started the workers', () => {
  it('killed itself, leaves none behind', async () => {
    const { running, url, pids } = await start()
    running.signal('SIGKILL')
    await expect.poll(() => fetch(`${url}/health/live`).catch(() => 'refused'), { timeout: 5_000 }).toBe('refused')
    await expect.poll(() => pids().filter(lives), { timeout: 10_000 }).toEqual([])
  })

  it('told to end, has all answer what is under way, and ends with 0', async () => {
    const { running, url, pids } = await start()
    const slow = await Promise.all(Array.from({ length: 9 }, (_, i) => postSlowly(url, `urn:x:${i}`)))
    running.signal('SIGTERM')
    // As a terminal does it, which signals all processes.
    for (const pid of pids()) process.kill(pid, 'SIGTERM')
    await running.until(/SIGTERM: answering what is under way/)
    await pause(100)
    await expect(fetch(`${url}/health/live`)).rejects.toThrow()
    const answers = await Promise.all(slow.map(({ finish }) => finish()))
    for (const answer of answers) expect(answer).toContain('HTTP/1.1 201')
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout.match(/answering what is under way|Boya has ended/g)).toHaveLength(2)
    expect(pids().filter(lives)).toEqual([])
  })

  it('told twice, ends at once', async () => {
    const { running, url, pids } = await start()
    await postSlowly(url, 'urn:x:1')
    running.signal('SIGTERM')
    await running.until(/answering what is under way/)
    await pause(600)
    running.signal('SIGINT')
    expect((await running.ended).code).toBe(1)
    await expect.poll(() => pids().filter(lives), { timeout: 10_000 }).toEqual([])
  })

  it('told to end during the start, ends with 0', async () => {
    const running = boya.start(['serve'], { BOYA_PORT: '0', BOYA_WORKERS: '3', BOYA_LOG_LEVEL: 'debug' })
    await running.until(/worker started/)
    running.signal('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })
})

describe('workers that cannot start', () => {
  const env = { BOYA_PORT: '0', BOYA_WORKERS: '3' }

  it('say once that the port is taken, and end with 1', async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
    const { port } = other.address() as AddressInfo
    const { code, stdout } = await boya.start(['serve'], { ...env, BOYA_PORT: String(port) }).ended
    other.close()
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      level: 'fatal',
      msg: expect.stringMatching(/port is taken; set BOYA_PORT/),
    })
  })

  it('say once which @context they cannot have, and end with 69', async () => {
    const context = { BOYA_CONTEXT_DEFAULT: 'http://127.0.0.1:9/c.jsonld' }
    const { code, stdout, stderr } = await boya.start(['serve'], { ...env, ...context }).ended
    expect({ code, stdout }).toEqual({ code: 69, stdout: '' })
    expect(stderr.match(/cannot be had/g)).toHaveLength(1)
  })

  it('because there can be no further process are as good as ended', async () => {
    const script = join(import.meta.dirname, 'no-descriptors.mjs')
    const module = join(boya.folder, 'dist/workers/keep-workers.js')
    // The descriptors that a process may have.
    const limited = ['-c', 'ulimit -n 80; exec "$@"', '-', process.execPath, script, module]
    const { stdout, stderr } = await promisify(execFile)('sh', limited)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^WorkersFailed: no worker can be started: the last one has ended \(spawn .* EMFILE\)$/)
  })

  it('are not started with data of their own: 78', async () => {
    const { code, stderr } = await boya.start(['serve'], { ...env, BOYA_STORE: 'sqlite::memory:' }).ended
    expect(code).toBe(78)
    expect(stderr).toMatch(/^ {2}BOYA_WORKERS: 3 processes cannot share BOYA_STORE=sqlite::memory:/m)
  })
})

it('several that are started at once on one empty folder all serve it', async () => {
  const all = await Promise.all([1, 2].map(() => start({ STORE: `sqlite:${boya.folder}/together` })))
  const connections = (await Promise.all(all.map(({ connect }) => connect(2)))).flat()
  const made = connections.map((each, i) => each.send('POST', '/entities', { id: `urn:x:${i}`, type: 'T' }))
  expect((await Promise.all(made)).map(({ status }) => status)).toEqual(Array(4).fill(201))
  for (const each of connections) expect(JSON.parse((await each.send('GET', '/entities?type=T')).body)).toHaveLength(4)
})

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A request that a worker has begun to read, and whose body comes later. */
async function postSlowly(url: string, id: string) {
  const body = JSON.stringify({ id, type: 'T' })
  const { hostname, port } = new URL(url)
  const socket = connectTo(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(
    `POST /ngsi-ld/v1/entities HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
  )
  await once(socket, 'data')
  let answer = ''
  socket.on('data', (data) => {
    answer += data
  })
  return {
    finish: async (): Promise<string> => {
      socket.write(body)
      await once(socket, 'close')
      return answer
    },
  }
}

/** docker/Dockerfile: what it copies, who runs in it, and its health check, which is run. */

import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { root } from './compose-files.ts'
import { all, imageEnvironment, last } from './dockerfile.ts'

const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))
const fromContext = all('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .flatMap((rest) => rest.split(/\s+/).slice(0, -1))
const fromBuild = all('COPY').flatMap((rest) => /^--from=build \/app\/(\S+)/.exec(rest)?.[1] ?? [])

describe('what the image is built of', () => {
  it('is there, and let through to Docker', () => {
    const [first, ...ignored] = readFileSync(resolve(root, '.dockerignore'), 'utf8').trim().split('\n')
    expect(first).toBe('*')
    expect(fromContext.length).toBeGreaterThan(6)
    expect(fromContext.filter((path) => !existsSync(resolve(root, path)))).toEqual([])
    expect(fromContext.filter((path) => !ignored.includes(`!${path.replace('./', '')}`))).toEqual([])
  })
  it('has all that the package has, but for pages to read', () => {
    const needed = manifest.files.filter((path: string) => !path.startsWith('docs/'))
    const copied = [...fromContext, ...fromBuild]
    expect(needed.length).toBeGreaterThan(3)
    expect(needed.filter((path: string) => !copied.includes(path))).toEqual([])
  })
  it('is one Node, which the package takes, for building and for running', () => {
    const [base = '', ...others] = all('FROM')
    const major = Number(/^node:(\d+)-bookworm-slim AS base$/.exec(base)?.[1])
    expect(major).toBeGreaterThan(Number(/\d+/.exec(manifest.engines.node)?.[0]))
    expect(major % 2, 'a release with long-term support').toBe(0)
    expect(others).toEqual(['base AS build', 'base'])
  })
})

describe('what runs in it', () => {
  it('is the command of the package', () => {
    const command = [...JSON.parse(last('ENTRYPOINT')), ...JSON.parse(last('CMD'))]
    expect(command).toEqual(['node', manifest.bin.boya, 'serve'])
    expect(last('STOPSIGNAL')).toBe('SIGTERM')
  })
  it('is not root, as a look at the number tells, and owns its data', () => {
    const user = last('USER')
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(all('RUN').join('\n')).toContain(`chown ${user} ${last('VOLUME')}`)
  })
  it('is set up for a container', () => {
    const settings = Object.entries(imageEnvironment()).filter(([name]) => name.startsWith('BOYA_'))
    const config = loadConfig(Object.fromEntries(settings))
    expect(config.host).toBe('0.0.0.0')
    expect(config.store).toMatchObject({ kind: 'sqlite', directory: last('VOLUME') })
    expect(last('EXPOSE')).toBe(String(config.port))
    expect(imageEnvironment().NODE_ENV).toBe('production')
  })
})

describe('the health check', () => {
  const [, options = '', command = '[]'] = /^(.*) CMD (\[.*\])$/.exec(last('HEALTHCHECK')) ?? []
  const [program = '', ...args]: string[] = JSON.parse(command)
  let broker: TestBroker
  beforeAll(async () => {
    broker = await startTestBroker()
  })
  afterAll(() => broker.close())

  /** Its exit status with Boya's port in the environment. */
  async function check(port: string): Promise<number> {
    const run = promisify(execFile)(program === 'node' ? process.execPath : program, args, { env: { BOYA_PORT: port } })
    return run.then(
      () => 0,
      (error: { code: number }) => error.code,
    )
  }

  it('is content with a Boya that is alive', async () => {
    expect(options).toMatch(/--interval=\d+s --timeout=\d+s --start-period=\d+s/)
    expect(await check(new URL(broker.url).port)).toBe(0)
  })
  it('is not content with anything else', async () => {
    const paths: (string | undefined)[] = []
    const other = createServer((request, response) => {
      paths.push(request.url)
      response.writeHead(503).end()
    })
    await new Promise<void>((resolveListening) => other.listen(0, '127.0.0.1', resolveListening))
    const port = String(Object(other.address()).port)
    expect(await check(port)).toBe(1)
    expect(paths).toEqual(['/health/live'])
    other.closeAllConnections()
    await new Promise((closed) => other.close(closed))
    expect(await check(port)).toBe(1)
  })
})

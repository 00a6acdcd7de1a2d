/** docker/haproxy/haproxy.cfg: that it agrees with the settings of Boya and with the services of the compose file. */

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { routes } from '../../src/http/routes.ts'
import { API, startTestBroker } from '../support/broker.ts'
import { compose, docker, seconds, textOf } from './compose-files.ts'

const lines = textOf('haproxy/haproxy.cfg')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'))
const { services } = compose('compose.mongodb.yaml')
const balancer = services['load-balancer']
const { limits } = loadConfig({})

/** What follows these words, of the one line that begins with them. */
function setting(words: string): string {
  const [line, ...others] = lines.filter((each) => each.startsWith(`${words} `))
  if (line === undefined || others.length > 0) throw new Error(`not one line begins with "${words}"`)
  return line.slice(words.length + 1)
}

describe('the load balancer', () => {
  it('has all instances that there are, at the port that they listen on', () => {
    const servers = lines.filter((line) => line.startsWith('server ')).map((line) => line.split(' ').slice(1))
    const boyas = Object.entries(services).filter(([, { image }]) => image === 'boya')
    expect(servers).toEqual(boyas.map(([name, { environment }]) => [name, `${name}:${environment?.BOYA_PORT}`]))
  })
  it('listens where its port is published', () => {
    const binds = lines.filter((line) => line.startsWith('bind ')).map((line) => line.slice(5))
    expect(balancer?.ports?.map((port) => `:${port.split(':').at(-1)}`)).toEqual(binds.slice(0, 1))
    const [url = ''] = balancer?.healthcheck?.test.slice(-1) ?? []
    expect(binds[1]).toBe(`:${new URL(url).port}`)
    expect(lines).toContainEqual(
      expect.stringMatching(`^http-request return status 200 .* path ${new URL(url).pathname} `),
    )
    expect(balancer?.volumes).toEqual([expect.stringMatching(/^\.\/haproxy:\/usr\/local\/etc\/haproxy:ro/)])
  })
  it('asks each instance whether it is ready, and for its address', () => {
    const [, method, path] = /^meth (\S+) uri (\S+)/.exec(setting('http-check send')) ?? []
    expect(routes.find((route) => route.path === path)).toMatchObject({ method, operationId: 'ready' })
    const [, resolvers] = /resolvers (\S+)/.exec(setting('default-server check')) ?? []
    expect(lines).toContain(`resolvers ${resolvers}`)
  })
})

describe('what goes with settings of Boya', () => {
  it('gives a request the time that Boya gives it, so that it is Boya who says that it is over', () => {
    const request = limits.requestMs / 1000
    expect(seconds(setting('timeout http-request'))).toBe(request)
    expect(seconds(setting('timeout client'))).toBeGreaterThan(request)
    expect(seconds(setting('timeout server'))).toBeGreaterThan(2 * request)
  })
  it('ends when what is under way is answered, before it is made to', () => {
    const end = seconds(setting('hard-stop-after'))
    expect(end * 1000).toBeGreaterThan(limits.requestMs)
    expect(seconds(balancer?.stop_grace_period)).toBeGreaterThan(end)
  })
  it('leaves it to Boya to say what is too long', () => {
    const room = Number(setting('tune.bufsize')) - Number(setting('tune.maxrewrite'))
    // As src/broker.ts has it.
    expect(room).toBeGreaterThan(limits.uriBytes + 16_384)
  })
  it('gives up idle connections to Boya before Boya does, and says what Boya says of large bodies', async () => {
    const broker = await startTestBroker()
    const alive = await broker.request.get('/health/live').set('Connection', 'keep-alive')
    const [, idle] = /timeout=(\d+)/.exec(String(alive.headers['keep-alive'])) ?? []
    expect(seconds(setting('timeout http-keep-alive'))).toBeLessThan(Number(idle))
    const large = 'x'.repeat(limits.bodyBytes + 1)
    const refused = await broker.request.post(`${API}/entities`).set('Content-Type', 'application/json').send(large)
    await broker.close()
    const [, body = '', from] =
      /string '(.*)' if .*content-length\) gt (\d+)/i.exec(setting('http-request return status 413')) ?? []
    expect(JSON.parse(body)).toEqual(JSON.parse(refused.text))
    expect(Number(from)).toBe(limits.bodyBytes)
  })
  it('answers as Boya does where it answers itself', () => {
    const answers = lines.filter((line) => line.startsWith('http-error '))
    expect(answers.map((line) => /status (\d+)/.exec(line)?.[1])).toEqual(['502', '503', '504'])
    for (const line of answers) {
      const [, status, body = ''] =
        /^http-error status (\d+) content-type application\/json .*string '(.*)'$/.exec(line) ?? []
      expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', title: expect.any(String), status: Number(status) })
    }
  })
})

describe('what changes something', () => {
  it('is not sent twice', () => {
    expect(setting('retry-on').split(' ')).toEqual(['conn-failure', 'empty-response'])
    expect(setting('http-request disable-l7-retry')).toBe('unless { method GET HEAD }')
  })
  it('is handed on as it comes', () => {
    expect(lines.filter((line) => /http-buffer-request|normalize-uri|set-(uri|path)|replace-/.test(line))).toEqual([])
  })
})

if (spawnSync('haproxy', ['-v']).status === 0) {
  it('is what HAProxy takes', () => {
    const { status, stderr } = spawnSync('haproxy', ['-c', '-f', resolve(docker, 'haproxy/haproxy.cfg')])
    expect(status, String(stderr)).toBe(0)
  })
}
